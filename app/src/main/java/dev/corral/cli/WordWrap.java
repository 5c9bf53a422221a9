package dev.corral.cli;

import java.util.function.IntSupplier;
import org.jline.utils.WCWidth;

/// Breaks a text between words while it comes: the beginning of a word that the line no longer
/// holds is taken back and written on the next one, as Ollama does.
final class WordWrap {
  /// Columns below which breaking between words is of no use.
  private static final int NARROW = 10;

  private final IntSupplier columns;
  private final StringBuilder word = new StringBuilder();
  private int wordWidth;
  private int column;

  /// @param columns of the terminal by now; 0 for no breaking
  WordWrap(IntSupplier columns) {
    this.columns = columns;
  }

  /// The text with its breaks.
  String wrapped(String text) {
    int all = columns.getAsInt();
    if (all < NARROW) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    // The last column stays free: a terminal that stands in it cannot be asked to go back.
    text.codePoints().forEach(letter -> add(out, letter, all - 1));
    return out.toString();
  }

  private void add(StringBuilder out, int letter, int most) {
    int width = Math.max(0, WCWidth.wcwidth(letter));
    if (letter == '\n') {
      column = 0;
      endWord();
    } else if (column + width > most && letter == ' ') {
      out.append('\n');
      column = 0;
      endWord();
      return;
    } else if (column + width > most && wordWidth < column) {
      takeBack(out);
    }
    out.appendCodePoint(letter);
    // A word longer than a line is broken by the terminal.
    column = column + width > most + 1 ? width : column + width;
    if (letter == ' ' || letter == '\t' || width > 1) {
      endWord();
    } else {
      word.appendCodePoint(letter);
      wordWidth += width;
    }
  }

  private void takeBack(StringBuilder out) {
    if (wordWidth > 0) {
      out.append("\u001b[").append(wordWidth).append("D\u001b[K");
    }
    out.append('\n').append(word);
    column = wordWidth;
  }

  private void endWord() {
    word.setLength(0);
    wordWidth = 0;
  }
}
