package dev.corral.bench;

import java.util.Collections;

/// A table of Markdown, printed when it is whole.
final class Table {
  private final StringBuilder text = new StringBuilder();

  Table(String title, String... columns) {
    text.append("\n## ").append(title).append("\n\n");
    row(columns);
    row(Collections.nCopies(columns.length, "---").toArray(String[]::new));
  }

  void row(String... cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  void print() {
    System.out.print(text);
    System.out.flush();
  }
}
