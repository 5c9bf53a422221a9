package dev.corral.journal;

import dev.corral.journal.Entry.Level;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// Leads what libraries log, by `java.util.logging` or by way of it, into the journal.
public final class LibraryLog extends Handler {
  /// They tell every start and every connection; only their warnings are news here.
  private static final List<Logger> TALKATIVE =
      List.of(Logger.getLogger("com.zaxxer.hikari"), Logger.getLogger("org.flywaydb"));

  private final Journal journal;
  private final SimpleFormatter words = new SimpleFormatter();

  private LibraryLog(Journal journal) {
    this.journal = journal;
  }

  /// From now on nothing of it goes to the console.
  public static void lead(Journal journal) {
    LogManager.getLogManager().reset();
    Logger root = Logger.getLogger("");
    root.setLevel(java.util.logging.Level.INFO);
    root.addHandler(new LibraryLog(journal));
    TALKATIVE.forEach(logger -> logger.setLevel(java.util.logging.Level.WARNING));
  }

  @Override
  public void publish(LogRecord entry) {
    if (!isLoggable(entry)) {
      return;
    }
    int weight = entry.getLevel().intValue();
    Level level =
        weight >= java.util.logging.Level.SEVERE.intValue()
            ? Level.ERROR
            : weight >= java.util.logging.Level.WARNING.intValue() ? Level.WARN : Level.INFO;
    String text = words.formatMessage(entry);
    if (entry.getThrown() != null) {
      StringWriter trace = new StringWriter();
      entry.getThrown().printStackTrace(new PrintWriter(trace));
      text += "\n" + trace;
    }
    journal.notice(level, "log", String.valueOf(entry.getLoggerName()), "", text);
  }

  /// The journal writes by itself.
  @Override
  public void flush() {}

  /// The journal is closed by its owner.
  @Override
  public void close() {}
}
