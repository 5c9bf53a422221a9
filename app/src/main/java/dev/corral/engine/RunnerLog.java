package dev.corral.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// The last lines that one runner wrote. Bounded, whatever it writes.
final class RunnerLog {
  /// A load writes about two hundred lines.
  static final int KEPT = 1000;

  /// Longer lines are cut; a model's list of tensors is no line.
  static final int LONGEST = 1000;

  /// llama-server begins its lines with a time and the level, E for errors.
  private static final Pattern ERROR = Pattern.compile("^[0-9.]+ E .*|(?i).*\\berror\\b.*");

  private static final Pattern PREFIX = Pattern.compile("^[0-9.]+ [A-Z] +\\w* *[\\w~]*: +");

  private final Deque<String> lines = new ArrayDeque<>();
  private long dropped;

  /// Lines by their number, so that a reader can go on where it stopped.
  ///
  /// @param from the number of the first one
  record Tail(long from, List<String> lines) {}

  synchronized void add(String line) {
    lines.addLast(line);
    if (lines.size() > KEPT) {
      lines.removeFirst();
      dropped++;
    }
  }

  synchronized Tail tail() {
    return new Tail(dropped, List.copyOf(lines));
  }

  /// What it said last that is worth telling: its last error, else its last line.
  synchronized String lastWords() {
    String last = "";
    String error = "";
    for (String line : lines) {
      if (!line.isBlank()) {
        last = line.strip();
        error = ERROR.matcher(line).matches() ? last : error;
      }
    }
    return PREFIX.matcher(error.isEmpty() ? last : error).replaceFirst("");
  }

  /// Reads lines until the end, cutting long ones; for a thread of its own.
  static void read(InputStream in, Consumer<String> line) {
    byte[] bytes = new byte[8192];
    byte[] open = new byte[LONGEST];
    int length = 0;
    boolean begun = false;
    try {
      for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
        for (int i = 0; i < n; i++) {
          if (bytes[i] == '\n') {
            line.accept(new String(open, 0, length, StandardCharsets.UTF_8).stripTrailing());
            length = 0;
            begun = false;
          } else {
            begun = true;
            if (length < LONGEST) {
              open[length++] = bytes[i];
            }
          }
        }
      }
    } catch (IOException e) {
      // The process is gone, and its pipe with it.
    }
    if (begun) {
      line.accept(new String(open, 0, length, StandardCharsets.UTF_8).stripTrailing());
    }
  }
}
