package dev.corral.cli;

import java.util.ArrayList;
import java.util.List;

/// Lines on standard error that are drawn again in their place, each cut to the columns that there
/// are by now: a line that never wraps is found again. The cursor waits behind the last one.
final class Redrawn {
  /// No line wrap while lines are drawn: what the size does not tell in time, the terminal cuts.
  private static final String UNWRAPPED = "\u001b[?7l";

  private static final String WRAPPED = "\u001b[?7h";

  /// Never from the first row: terminals keep what is cleared there as though it had been read.
  private static final String CLEAR_BELOW = "\u001b[J";

  /// Where the terminal cut a line, each further letter overwrote the last column; none stays.
  private static final String CUT = "\u001b[K";

  private final Screen screen;
  private List<String> wanted = List.of();
  private List<String> drawn = List.of();
  private TerminalSize size = TerminalSize.UNKNOWN;

  Redrawn(Screen screen) {
    this.screen = screen;
  }

  void draw(List<String> lines) {
    TerminalSize now = screen.size().get();
    if (lines.equals(wanted) && now.equals(size)) {
      return;
    }
    StringBuilder out = new StringBuilder(UNWRAPPED);
    int above = rowsBy(now) - 1;
    if (above > 0) {
      out.append("\u001b[").append(above).append('A');
    }
    wanted = List.copyOf(lines);
    size = now;
    drawn = fitting();
    out.append('\r').append(String.join(CUT + "\n\r", drawn)).append(CUT);
    out.append(CLEAR_BELOW).append(WRAPPED);
    screen.err().print(out);
    screen.err().flush();
  }

  /// Lets what stands there stay; what comes next begins below it.
  void end() {
    if (!drawn.isEmpty()) {
      screen.note("");
    }
    wanted = List.of();
    drawn = List.of();
  }

  /// Rows that what was drawn takes by now. Most terminals break the lines that a narrower window
  /// no longer holds; the others cut them.
  private int rowsBy(TerminalSize now) {
    if (now.columns() == 0 || !screen.reflows()) {
      return drawn.size();
    }
    return drawn.stream()
        .mapToInt(line -> Math.max(1, Math.ceilDiv(Screen.shown(line), now.columns())))
        .sum();
  }

  /// One column and one row stay free, so that nothing wraps or scrolls away.
  private List<String> fitting() {
    List<String> lines = wanted;
    if (size.rows() > 2 && lines.size() >= size.rows()) {
      int shown = size.rows() - 2;
      lines = new ArrayList<>(lines.subList(0, shown));
      lines.add("… and " + (wanted.size() - shown) + " more");
    }
    int most = size.columns() - 1;
    return most <= 0 ? List.copyOf(lines) : lines.stream().map(line -> cut(line, most)).toList();
  }

  private static String cut(String line, int most) {
    return line.codePointCount(0, line.length()) <= most
        ? line
        : line.substring(0, line.offsetByCodePoints(0, most));
  }
}
