package dev.corral.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A terminal's window, as far as progress needs one: it wraps, clears, goes up, and changes its
/// size while it is drawn on.
final class Window {
  private static final Pattern STEP =
      Pattern.compile("\u001b\\[([?0-9]*)([A-Za-z])|.", Pattern.DOTALL);

  private final boolean reflows;
  private final List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
  private int columns;
  private int row;
  private int column;
  private boolean wraps = true;

  /// @param reflows lines that are too long for a narrower window are broken, else cut
  Window(int columns, boolean reflows) {
    this.columns = columns;
    this.reflows = reflows;
  }

  int columns() {
    return columns;
  }

  void resize(int now) {
    List<StringBuilder> all = new ArrayList<>();
    for (int at = 0; at < lines.size(); at++) {
      StringBuilder line = lines.get(at);
      if (!reflows) {
        line.setLength(Math.min(line.length(), now));
      }
      do {
        int end = Math.min(now, line.length());
        all.add(new StringBuilder(line.substring(0, end)));
        line.delete(0, end);
      } while (!line.isEmpty());
      if (at == row) {
        column = all.getLast().length();
        row = -all.size();
      }
    }
    row = -row - 1;
    lines.clear();
    lines.addAll(all);
    columns = now;
  }

  void write(String text) {
    Matcher step = STEP.matcher(text);
    while (step.find()) {
      String order = step.group(2);
      if (order == null) {
        letter(step.group().charAt(0));
      } else {
        order(order, step.group(1));
      }
    }
  }

  private void letter(char letter) {
    if (letter == '\r') {
      column = 0;
    } else if (letter == '\n') {
      below();
    } else {
      if (column == columns && wraps) {
        below();
      }
      column = Math.min(column, columns - 1);
      StringBuilder line = lines.get(row);
      line.repeat(' ', Math.max(0, column + 1 - line.length()));
      line.setCharAt(column++, letter);
    }
  }

  private void below() {
    column = 0;
    if (++row == lines.size()) {
      lines.add(new StringBuilder());
    }
  }

  private void order(String order, String value) {
    switch (order) {
      case "A" -> row = Math.max(0, row - Integer.parseInt(value));
      case "D" -> column = Math.max(0, column - Integer.parseInt(value));
      case "h", "l" -> wraps = order.equals("h");
      case "K", "J" -> {
        lines.get(row).setLength(Math.min(column, lines.get(row).length()));
        if (order.equals("J")) {
          lines.subList(row + 1, lines.size()).clear();
        }
      }
      default -> throw new AssertionError("an order that no window here knows: " + order);
    }
  }

  List<String> seen() {
    return lines.stream().map(StringBuilder::toString).map(String::stripTrailing).toList();
  }
}
