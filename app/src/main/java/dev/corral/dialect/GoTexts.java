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
    return "invalid character " + quoted(c) + " " + context;
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
        + "\" appears twice in the request (keys are compared without regard to case); send it once";
  }

  /// Go's `quoteChar`: a byte taken for a Latin-1 character and quoted by `strconv.Quote`.
  private static String quoted(int c) {
    return switch (c) {
      case '\'' -> "'\\''";
      case '"' -> "'\"'";
      case '\\' -> "'\\\\'";
      case 7 -> "'\\a'";
      case '\b' -> "'\\b'";
      case '\f' -> "'\\f'";
      case '\n' -> "'\\n'";
      case '\r' -> "'\\r'";
      case '\t' -> "'\\t'";
      case 11 -> "'\\v'";
      default -> "'" + plain(c) + "'";
    };
  }

  private static String plain(int c) {
    if (c < ' ' || c == 0x7F) {
      return String.format("\\x%02x", c);
    }
    boolean printable = c < 0x7F || (c > 0xA0 && c != 0xAD);
    return printable ? String.valueOf((char) c) : String.format("\\u%04x", c);
  }
}
