package dev.corral.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jline.utils.Signals;

/// How large a terminal is.
///
/// @param columns 0 where nobody can tell
/// @param rows 0 where nobody can tell
record TerminalSize(int columns, int rows) {
  static final TerminalSize UNKNOWN = new TerminalSize(0, 0);

  /// The terminal of this process, as `stty` tells it (the JDK does not); asked again when the
  /// terminal says that it changed.
  static final class OfProcess implements Supplier<TerminalSize> {
    private boolean watched;
    private volatile boolean known;
    private volatile TerminalSize size = UNKNOWN;

    @Override
    public synchronized TerminalSize get() {
      if (!watched) {
        watched = true;
        Signals.register("WINCH", () -> known = false);
      }
      if (!known) {
        known = true;
        size = asked();
      }
      return size;
    }

    private static TerminalSize asked() {
      try {
        Process stty =
            new ProcessBuilder("stty", "size")
                .redirectInput(new File("/dev/tty"))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return read(new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
      } catch (IOException e) {
        // A system without stty, or a process without a terminal.
        return UNKNOWN;
      }
    }
  }

  /// Reads what `stty size` prints: `ROWS COLUMNS`.
  static TerminalSize read(String told) {
    String[] words = told.strip().split(" ", 2);
    if (words.length < 2 || !words[0].matches("\\d{1,5}") || !words[1].matches("\\d{1,5}")) {
      return UNKNOWN;
    }
    return new TerminalSize(Integer.parseInt(words[1]), Integer.parseInt(words[0]));
  }
}
