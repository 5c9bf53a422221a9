package dev.corral.templates.jinja;

import dev.corral.templates.MarkedText;
import dev.corral.templates.Meter;
import dev.corral.templates.TemplateFailure;
import dev.corral.templates.jinja.Arguments.Bound;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Cutting a text into parts, each with the origin of its characters.
final class TextSplit {
  private TextSplit() {}

  static Value split(Rendering rendering, Value.Text self, Arguments arguments, boolean fromStart) {
    Bound given = arguments.bind("split", "sep", "maxsplit");
    MarkedText separator = given.findText(0);
    int most = given.integer(1, -1);
    int left = most < 0 ? Integer.MAX_VALUE : most;
    MarkedText text = self.text();
    rendering.meter.text(text.length());
    if (separator == null) {
      return Value.Items.list(
          fromStart ? words(text, left, rendering.meter) : lastWords(text, left, rendering.meter));
    }
    if (separator.isEmpty()) {
      throw new TemplateFailure("'split' needs a separator that is not empty");
    }
    return Value.Items.list(
        fromStart
            ? pieces(text, separator.toString(), left, rendering.meter)
            : lastPieces(text, separator.toString(), left, rendering.meter));
  }

  private static List<Value> pieces(MarkedText text, String separator, int most, Meter meter) {
    List<Value> pieces = new ArrayList<>();
    String plain = text.toString();
    int done = 0;
    int found = Search.first(plain, separator, 0, meter);
    while (found >= 0 && pieces.size() < most) {
      add(pieces, text, done, found, meter);
      done = found + separator.length();
      found = Search.first(plain, separator, done, meter);
    }
    add(pieces, text, done, text.length(), meter);
    return pieces;
  }

  private static List<Value> lastPieces(MarkedText text, String separator, int most, Meter meter) {
    List<Value> pieces = new ArrayList<>();
    String plain = text.toString();
    int done = text.length();
    int found = Search.last(plain, separator, plain.length(), meter);
    while (found >= 0 && pieces.size() < most) {
      add(pieces, text, found + separator.length(), done, meter);
      done = found;
      found =
          done < separator.length()
              ? -1
              : Search.last(plain, separator, done - separator.length(), meter);
    }
    add(pieces, text, 0, done, meter);
    Collections.reverse(pieces);
    return pieces;
  }

  private static List<Value> words(MarkedText text, int most, Meter meter) {
    List<Value> words = new ArrayList<>();
    String plain = text.toString();
    int at = skip(plain, 0, true);
    while (at < plain.length()) {
      if (words.size() == most) {
        add(words, text, at, text.length(), meter);
        break;
      }
      int end = skip(plain, at, false);
      add(words, text, at, end, meter);
      at = skip(plain, end, true);
    }
    return words;
  }

  private static int skip(String text, int from, boolean spaces) {
    int at = from;
    while (at < text.length() && PythonText.isSpace(text.charAt(at)) == spaces) {
      at++;
    }
    return at;
  }

  private static List<Value> lastWords(MarkedText text, int most, Meter meter) {
    List<Value> words = new ArrayList<>();
    String plain = text.toString();
    int end = skipBack(plain, plain.length(), true);
    while (end > 0) {
      if (words.size() == most) {
        add(words, text, 0, end, meter);
        break;
      }
      int start = skipBack(plain, end, false);
      add(words, text, start, end, meter);
      end = skipBack(plain, start, true);
    }
    Collections.reverse(words);
    return words;
  }

  private static int skipBack(String text, int from, boolean spaces) {
    int at = from;
    while (at > 0 && PythonText.isSpace(text.charAt(at - 1)) == spaces) {
      at--;
    }
    return at;
  }

  static Value lines(Rendering rendering, Value.Text self, Arguments arguments) {
    boolean keepEnds = arguments.bind("splitlines", "keepends").flag(0);
    return Value.Items.list(lines(self.text(), keepEnds, rendering.meter));
  }

  static List<Value> lines(MarkedText text, boolean keepEnds, Meter meter) {
    meter.text(text.length());
    List<Value> lines = new ArrayList<>();
    String plain = text.toString();
    int start = 0;
    while (start < plain.length()) {
      int end = start;
      while (end < plain.length() && !lineBreak(plain.charAt(end))) {
        end++;
      }
      int next = plain.startsWith("\r\n", end) ? end + 2 : Math.min(end + 1, plain.length());
      add(lines, text, start, keepEnds ? next : end, meter);
      start = next;
    }
    return lines;
  }

  private static boolean lineBreak(char c) {
    return switch (c) {
      case '\n', '\r', '\f', 0x0b, 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029 -> true;
      default -> false;
    };
  }

  static Value partition(Rendering rendering, Value.Text self, Arguments arguments, boolean first) {
    Meter meter = rendering.meter;
    MarkedText text = self.text();
    String separator = arguments.bind("partition", "sep").requireText(0).toString();
    if (separator.isEmpty()) {
      throw new TemplateFailure("'partition' needs a separator that is not empty");
    }
    String plain = text.toString();
    int found =
        first
            ? Search.first(plain, separator, 0, meter)
            : Search.last(plain, separator, plain.length(), meter);
    if (found < 0) {
      return first
          ? Value.Items.tuple(self, Value.EMPTY_TEXT, Value.EMPTY_TEXT)
          : Value.Items.tuple(Value.EMPTY_TEXT, Value.EMPTY_TEXT, self);
    }
    int end = found + separator.length();
    return Value.Items.tuple(
        new Value.Text(text.slice(0, found)),
        new Value.Text(text.slice(found, end)),
        new Value.Text(text.slice(end, text.length())));
  }

  private static void add(List<Value> parts, MarkedText text, int from, int to, Meter meter) {
    meter.entries(1);
    parts.add(new Value.Text(text.slice(from, to)));
  }
}
