package dev.corral.dialect;

import dev.corral.model.Dialect;

/// The words in which Ollama refuses a body that it cannot read: those of Go's `encoding/json`
/// (`scanner.go`, `decode.go`), so that a body which Corral refuses gets the same bytes as from
/// Ollama.
public final class GoTexts {
  static final String UNEXPECTED_END = "unexpected EOF";

  private GoTexts() {}

  /// For example `invalid character 'x' looking for beginning of value`.
  static String invalid(int c, String context) {
    return "invalid character " + quotedByte(c) + " " + context;
  }

  /// What an empty body is answered with.
  public static String empty(Call call) {
    return call.dialect() == Dialect.OLLAMA ? "missing request body" : "EOF";
  }

  /// A field of the wrong type.
  ///
  /// @param found what stands there, in Go's words: `number`, `bool`, `object`, `array`, `string`
  public static String wrongType(Call call, Key key, String found) {
    String struct = call.goType().substring(call.goType().indexOf('.') + 1);
    String wanted = key == Key.STREAM ? "bool" : "string";
    return "json: cannot unmarshal "
        + found
        + " into Go struct field "
        + struct
        + "."
        + key.word()
        + " of type "
        + wanted;
  }

  /// A body that is valid JSON, and no object.
  static String notAnObject(Call call, String found) {
    return "json: cannot unmarshal " + found + " into Go value of type " + call.goType();
  }

  /// Ours, not Go's, which would take the last: what is allowed and what is asked must be read from
  /// the same value by everybody on the way.
  static String twice(Key key) {
    return "the key \""
        + key.word()
        + "\" appears twice in the request (keys are compared without regard to case); send it"
        + " once";
  }

  /// Text as Go's `%q` prints it.
  public static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.codePoints().forEach(point -> out.append(point == '"' ? "\\\"" : printed(point)));
    return out.append('"').toString();
  }

  /// Go's `quoteChar`: a byte taken for a Latin-1 character.
  private static String quotedByte(int c) {
    return c == '\'' ? "'\\''" : "'" + printed(c) + "'";
  }

  private static String printed(int point) {
    return switch (point) {
      case '\\' -> "\\\\";
      case 7 -> "\\a";
      case '\b' -> "\\b";
      case '\f' -> "\\f";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      case 11 -> "\\v";
      default -> {
        if (printable(point)) {
          yield Character.toString(point);
        }
        if (point < 0x80) {
          yield String.format("\\x%02x", point);
        }
        yield String.format(point < 0x10000 ? "\\u%04x" : "\\U%08x", point);
      }
    };
  }

  /// Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols, and the plain space.
  private static boolean printable(int point) {
    if (point < 0x7F) {
      return point >= ' ';
    }
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
