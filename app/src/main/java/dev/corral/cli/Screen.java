package dev.corral.cli;

import java.io.Console;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Where a verb writes: answers to standard output, everything about the way there to standard
/// error. Tables and colour only where somebody looks.
///
/// @param outTerminal standard output is a terminal
/// @param errTerminal standard error is a terminal
/// @param inTerminal standard input is a terminal
/// @param colour escapes for colour are wanted
/// @param size of the terminal by now
/// @param reflows the terminal breaks lines anew where its window becomes narrower
record Screen(
    PrintStream out,
    PrintStream err,
    boolean inTerminal,
    boolean outTerminal,
    boolean errTerminal,
    boolean colour,
    Supplier<TerminalSize> size,
    boolean reflows) {

  /// A screen whose size nobody can tell.
  Screen(
      PrintStream out,
      PrintStream err,
      boolean inTerminal,
      boolean outTerminal,
      boolean errTerminal,
      boolean colour) {
    this(out, err, inTerminal, outTerminal, errTerminal, colour, () -> TerminalSize.UNKNOWN, false);
  }

  /// The launcher looks at the three streams (the JVM cannot, each by itself) and says which are
  /// terminals: any of the letters `i`, `o`, `e`.
  static final String TERMINALS = "corral.terminals";

  private static final String DIM = "\u001b[2m";
  private static final String BOLD = "\u001b[1m";
  private static final String RED = "\u001b[31m";
  private static final String GREEN = "\u001b[32m";
  private static final String PLAIN = "\u001b[0m";

  static Screen ofProcess() {
    String terminals = System.getProperty(TERMINALS);
    if (terminals == null) {
      boolean all = Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
      terminals = all ? "ioe" : "";
    }
    String noColour = System.getenv("NO_COLOR");
    boolean out = terminals.contains("o") && !"dumb".equals(System.getenv("TERM"));
    return new Screen(
        written(System.out),
        written(System.err),
        terminals.contains("i"),
        out,
        terminals.contains("e") && !"dumb".equals(System.getenv("TERM")),
        out && (noColour == null || noColour.isEmpty()),
        new TerminalSize.OfProcess(),
        !"linux".equals(System.getenv("TERM")) && System.getenv("XTERM_VERSION") == null);
  }

  /// The C locale, in which containers and cron start programs, knows no letter beyond ASCII; who
  /// reads what is written there reads UTF-8, and JSON is nothing else.
  static PrintStream written(PrintStream stream) {
    return stream.charset().equals(StandardCharsets.US_ASCII)
        ? new PrintStream(stream, false, StandardCharsets.UTF_8)
        : stream;
  }

  void print(String line) {
    out.println(line);
    out.flush();
  }

  void note(String line) {
    err.println(line);
    err.flush();
  }

  String dim(String text) {
    return painted(DIM, text);
  }

  String bold(String text) {
    return painted(BOLD, text);
  }

  String good(String text) {
    return painted(GREEN, text);
  }

  String bad(String text) {
    return painted(RED, text);
  }

  private String painted(String code, String text) {
    return colour && !text.isEmpty() ? code + text + PLAIN : text;
  }

  /// Columns side by side on a terminal; one tab between them elsewhere. The head is always there,
  /// as in Ollama's listings, because scripts skip the first line.
  void table(List<String> head, List<List<String>> rows) {
    if (!outTerminal) {
      out.println(String.join("\t", head));
      rows.forEach(row -> out.println(String.join("\t", row)));
      out.flush();
      return;
    }
    int[] widths = new int[head.size()];
    for (int column = 0; column < widths.length; column++) {
      widths[column] = head.get(column).length();
      for (List<String> row : rows) {
        widths[column] = Math.max(widths[column], shown(row.get(column)));
      }
    }
    int wide = Arrays.stream(widths).sum() + (widths.length - 1) * COLUMN_GAP;
    int gap = wide > USUAL_WIDTH ? NARROW_GAP : COLUMN_GAP;
    out.println(bold(line(head, widths, gap)));
    rows.forEach(row -> out.println(line(row, widths, gap)));
    out.flush();
  }

  private static String line(List<String> cells, int[] widths, int gap) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      String cell = cells.get(column);
      line.append(cell);
      if (column < widths.length - 1) {
        line.repeat(' ', widths[column] - shown(cell) + gap);
      }
    }
    return line.toString();
  }

  /// Spaces between columns, as in Ollama's tables.
  private static final int COLUMN_GAP = 4;

  /// The same where a table would be wider than most terminals.
  private static final int NARROW_GAP = 2;

  private static final int USUAL_WIDTH = 80;

  /// Columns that a text takes on the terminal; escapes take none.
  static int shown(String text) {
    String bare = text.indexOf('\u001b') < 0 ? text : text.replaceAll("\u001b\\[[0-9;]*m", "");
    return bare.codePointCount(0, bare.length());
  }
}
