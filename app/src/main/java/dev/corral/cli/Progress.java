package dev.corral.cli;

import dev.corral.model.Bytes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/// Shows work that takes a while, on standard error: one line that is redrawn on a terminal, a line
/// at each tenth elsewhere. A percentage never falls, whatever the server says.
final class Progress implements AutoCloseable {
  private static final long REDRAW_NANOS = Duration.ofMillis(100).toNanos();

  /// Rate and ETA are told from what came in this long.
  private static final long WINDOW_NANOS = Duration.ofSeconds(5).toNanos();

  /// Without a terminal, no more than a line in this time: a log is no place for a bar.
  private static final long LINE_NANOS = Duration.ofSeconds(1).toNanos();

  private static final int BAR = 20;
  private static final int TENTH = 10;

  /// Columns of a label, so that bars stand below each other; that of a layer has 20.
  private static final int LABEL = 20;

  /// Columns that a line with its bar takes.
  private static final int WITH_BAR = 78;

  private final Screen screen;
  private final boolean quiet;
  private final LongSupplier clock;
  private final Redrawn redrawn;
  private final Map<String, Long> best = new HashMap<>();
  private final Deque<Sample> samples = new ArrayDeque<>();
  private String label = "";
  private String drawn = "";
  private long drawnAt;
  private int tenth;

  private record Sample(long at, long bytes) {}

  /// @param quiet shows nothing at all
  Progress(Screen screen, boolean quiet) {
    this(screen, quiet, System::nanoTime);
  }

  Progress(Screen screen, boolean quiet, LongSupplier clock) {
    this.screen = screen;
    this.quiet = quiet;
    this.clock = clock;
    this.redrawn = new Redrawn(screen);
  }

  /// A step without an amount.
  void step(String words) {
    begin(words);
    draw(words);
  }

  /// An amount of a step: bytes done of all.
  void bytes(String words, long done, long total) {
    begin(words);
    long now = clock.getAsLong();
    long shown = Math.max(done, best.getOrDefault(words, 0L));
    best.put(words, shown);
    samples.addLast(new Sample(now, shown));
    while (samples.size() > 2 && now - samples.getFirst().at() > WINDOW_NANOS) {
      samples.removeFirst();
    }
    int percent = total <= 0 ? 0 : (int) Math.min(100, shown * 100 / total);
    boolean whole = shown >= total;
    boolean due;
    if (screen.errTerminal()) {
      due = whole || now - drawnAt > REDRAW_NANOS;
    } else {
      due = whole || (percent / TENTH > tenth && now - drawnAt > LINE_NANOS);
    }
    if (due) {
      tenth = percent / TENTH;
      draw(line(words, shown, total, percent));
    }
  }

  private void begin(String words) {
    if (!words.equals(label)) {
      endLine();
      label = words;
      samples.clear();
      tenth = 0;
    }
  }

  private String line(String words, long done, long total, int percent) {
    StringBuilder line = new StringBuilder(words);
    line.repeat(' ', Math.max(1, LABEL - words.length() + 1));
    line.append(String.format(Locale.ROOT, "%3d%%", percent));
    int columns = screen.size().get().columns();
    if (screen.errTerminal() && (columns == 0 || columns >= WITH_BAR)) {
      int full = percent * BAR / 100;
      line.append(" ▕").repeat('█', full).repeat(' ', BAR - full).append('▏');
    }
    line.append(' ').append(new Bytes(done).human()).append('/').append(new Bytes(total).human());
    double rate = rate();
    if (rate > 0 && done < total) {
      line.append("  ").append(new Bytes(Math.round(rate)).human()).append("/s  ");
      line.append(eta(Math.round((total - done) / rate)));
    }
    return line.toString();
  }

  /// Bytes a second in the window; 0 while too little is known.
  private double rate() {
    if (samples.size() < 2) {
      return 0;
    }
    Sample first = samples.getFirst();
    Sample last = samples.getLast();
    double seconds = (last.at() - first.at()) / 1e9;
    return seconds < 0.5 ? 0 : (last.bytes() - first.bytes()) / seconds;
  }

  private static String eta(long seconds) {
    Duration left = Duration.ofSeconds(seconds);
    if (left.toHours() > 0) {
      return left.toHours() + "h" + left.toMinutesPart() + "m";
    }
    return left.toMinutes() > 0
        ? left.toMinutes() + "m" + left.toSecondsPart() + "s"
        : left.toSeconds() + "s";
  }

  private void draw(String line) {
    if (quiet) {
      return;
    }
    if (screen.errTerminal()) {
      redrawn.draw(List.of(line));
    } else if (!line.equals(drawn)) {
      screen.note(line);
    }
    drawnAt = clock.getAsLong();
    drawn = line;
  }

  private void endLine() {
    redrawn.end();
    drawn = "";
  }

  @Override
  public void close() {
    endLine();
  }
}
