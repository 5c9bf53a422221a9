package dev.corral.templates.answer;

import dev.corral.templates.TemplateFailure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/// Reads values that are nearly JSON, and writes them as JSON: Python's (`'text'`, `True`, `None`)
/// and those of models with a quote of their own and names without any.
final class LooseValues {
  private static final String STOPS = ",]})=";

  private final String text;
  private final List<String> quotes;
  private final boolean bareWords;
  private int at;
  private int depth;

  /// @param quotes what texts stand between
  /// @param bareWords true where a text may stand without quotes
  LooseValues(String text, List<String> quotes, boolean bareWords) {
    this.text = text;
    this.quotes = quotes;
    this.bareWords = bareWords;
  }

  /// One value as Python prints it, as JSON; empty where it is none.
  static Optional<String> python(String text) {
    try {
      LooseValues values = new LooseValues(text, List.of("\"", "'"), false);
      String value = values.value();
      return Optional.of(value).filter(_ -> values.atEnd());
    } catch (TemplateFailure _) {
      return Optional.empty();
    }
  }

  /// Steps over this text, and says whether it was there.
  boolean skip(String expected) {
    blank();
    if (!text.startsWith(expected, at)) {
      return false;
    }
    at += expected.length();
    return true;
  }

  boolean atEnd() {
    blank();
    return at >= text.length();
  }

  /// Letters, digits, `_`, `.` and `-`.
  ///
  /// @throws TemplateFailure where there are none
  String name() {
    blank();
    int start = at;
    while (at < text.length()
        && (Character.isJavaIdentifierPart(text.charAt(at))
            || ".-".indexOf(text.charAt(at)) >= 0)) {
      at++;
    }
    if (start == at) {
      throw broken();
    }
    return text.substring(start, at);
  }

  /// Names and values up to the closing bracket, as a JSON object.
  ///
  /// @param between what stands between a name and its value
  /// @throws TemplateFailure where the text is nothing of the kind
  String fields(String close, String between) {
    Map<String, String> fields = new LinkedHashMap<>();
    enter();
    while (!skip(close)) {
      String quote = quote();
      String name = quote.isEmpty() ? name() : quoted(quote);
      if (!skip(between)) {
        throw broken();
      }
      fields.put(name, value());
      comma(close);
    }
    depth--;
    return JsonSlices.object(fields);
  }

  private String value() {
    String quote = quote();
    if (!quote.isEmpty()) {
      return JsonSlices.quote(quoted(quote));
    }
    if (skip("{")) {
      return fields("}", ":");
    }
    if (skip("[")) {
      return items("]");
    }
    return !bareWords && skip("(") ? items(")") : word();
  }

  private String items(String close) {
    StringJoiner items = new StringJoiner(",", "[", "]");
    enter();
    while (!skip(close)) {
      items.add(value());
      comma(close);
    }
    depth--;
    return items.toString();
  }

  private String word() {
    blank();
    int start = at;
    while (at < text.length() && STOPS.indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String word = text.substring(start, at).strip();
    return switch (word) {
      case "True", "true" -> "true";
      case "False", "false" -> "false";
      case "None", "null" -> "null";
      default -> {
        if (!word.isEmpty() && JsonSlices.valid(word)) {
          yield word; // a number
        }
        if (!bareWords) {
          throw broken();
        }
        yield JsonSlices.quote(word);
      }
    };
  }

  private String quote() {
    blank();
    for (String quote : quotes) {
      if (text.startsWith(quote, at)) {
        return quote;
      }
    }
    return "";
  }

  /// Between marks of several characters nothing is escaped.
  private String quoted(String quote) {
    at += quote.length();
    StringBuilder string = new StringBuilder();
    while (!text.startsWith(quote, at)) {
      if (at >= text.length()) {
        throw broken();
      }
      char c = text.charAt(at++);
      string.append(c == '\\' && quote.length() == 1 && at < text.length() ? escaped() : c);
    }
    at += quote.length();
    return string.toString();
  }

  private String escaped() {
    char c = text.charAt(at++);
    return switch (c) {
      case 'n' -> "\n";
      case 't' -> "\t";
      case 'r' -> "\r";
      case '\\', '\'', '"' -> String.valueOf(c);
      default -> "\\" + c; // as Python leaves it
    };
  }

  private void comma(String close) {
    if (!skip(",")) {
      blank();
      if (!text.startsWith(close, at)) {
        throw broken();
      }
    }
  }

  private void enter() {
    if (++depth > Extent.MAX_DEPTH) {
      throw broken();
    }
  }

  private void blank() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private static TemplateFailure broken() {
    return new TemplateFailure("no call");
  }
}
