package dev.corral.templates.answer;

import java.util.List;

/// Where a call ends. Its text is gone through once, however many pieces it comes in.
sealed interface Extent {
  /// It ends with this text.
  ///
  /// @param stops true where a model stops to speak with that text, so that it may not arrive
  record Until(String close, boolean stops) implements Extent {}

  /// It ends where the bracket closes that opens behind a header, which may be empty.
  ///
  /// @param quotes the characters between which brackets do not count
  record Balanced(String quotes) implements Extent {
    /// A value in JSON.
    static final Balanced JSON = new Balanced("\"");

    /// A value as Python writes it.
    static final Balanced PYTHON = new Balanced("\"'");
  }

  /// The longest text before the value of a call: its name and a few marks.
  int MAX_HEADER = 512;

  /// How deep the brackets of a call may nest; JSON is read to a depth of 150.
  int MAX_DEPTH = 100;

  /// Follows the text of one unit to its end.
  ///
  /// @param from where the search begins
  default Reach reach(Unit unit, int from, List<String> closers) {
    return switch (this) {
      case Until(String close, boolean _) -> new Closing(close, from + unit.open().length());
      case Balanced(String quotes) -> {
        boolean bracket = unit.open().equals("{") || unit.open().equals("[");
        yield new Nesting(quotes, closers, from, bracket ? from : from + unit.open().length());
      }
    };
  }

  /// What is known of the end so far.
  sealed interface Reach {
    int OPEN = -1;
    int BROKEN = -2;

    /// The position behind the unit; [#OPEN] where it is still to come, [#BROKEN] where it cannot
    /// come any more.
    int end(CharSequence text);

    /// How far the text was gone through.
    int position();
  }

  /// Looks for a text.
  final class Closing implements Reach {
    private final String close;
    private int at;

    Closing(String close, int at) {
      this.close = close;
      this.at = at;
    }

    @Override
    public int end(CharSequence text) {
      for (; at + close.length() <= text.length(); at++) {
        if (Marks.stands(text, at, close)) {
          return at + close.length();
        }
      }
      return OPEN;
    }

    @Override
    public int position() {
      return at;
    }
  }

  /// Counts brackets.
  final class Nesting implements Reach {
    private final String quotes;
    private final List<String> closers;
    private final int from;
    private final int start;
    private int at;
    private int depth;
    private char quote;
    private boolean escaped;

    Nesting(String quotes, List<String> closers, int from, int at) {
      this.quotes = quotes;
      this.closers = closers;
      this.from = from;
      this.start = at;
      this.at = at;
    }

    @Override
    public int end(CharSequence text) {
      while (at < text.length()) {
        char c = text.charAt(at++);
        if (quote != 0) {
          quoted(c);
        } else if (c == '{' || (c == '[' && (depth > 0 || !header(text)))) {
          depth++;
        } else if (depth > 0 && (c == '}' || c == ']')) {
          depth--;
          if (depth == 0) {
            return at;
          }
        } else if (depth > 0 && quotes.indexOf(c) >= 0) {
          quote = c;
        } else if (depth == 0 ? at - from > MAX_HEADER : closed(text)) {
          return BROKEN;
        }
        if (depth > MAX_DEPTH) {
          return BROKEN;
        }
      }
      return OPEN;
    }

    private void quoted(char c) {
      if (escaped) {
        escaped = false;
      } else if (c == '\\') {
        escaped = true;
      } else if (c == quote) {
        quote = 0;
      }
    }

    /// True where words of a header were seen: a square bracket behind them is part of a mark, such
    /// as `[ARGS]`.
    private boolean header(CharSequence text) {
      for (int i = start; i < at - 1; i++) {
        if (!Character.isWhitespace(text.charAt(i))) {
          return true;
        }
      }
      return false;
    }

    /// True where the family's end of a call stands in the middle of a value: it was left unclosed.
    private boolean closed(CharSequence text) {
      for (String closer : closers) {
        int begin = at - closer.length();
        if (begin >= from && Marks.stands(text, begin, closer)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public int position() {
      return at;
    }
  }
}
