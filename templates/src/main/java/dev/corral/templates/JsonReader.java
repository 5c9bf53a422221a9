package dev.corral.templates;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads JSON text, as strictly as RFC 8259; bounded in depth. Of a field that is written twice the
/// last value counts.
public final class JsonReader {
  private static final int MAX_DIGITS = 4000; // as many as Python reads

  private final String text;
  private final boolean userSupplied;
  private int at;
  private int depth;

  private JsonReader(String text, boolean userSupplied) {
    this.text = text;
    this.userSupplied = userSupplied;
  }

  /// @param userSupplied the origin that every text within gets
  /// @throws TemplateFailure where the text is not one JSON value
  public static Json read(String text, boolean userSupplied) {
    JsonReader reader = new JsonReader(text, userSupplied);
    Json value = reader.value();
    reader.blank();
    if (reader.at < text.length()) {
      throw reader.unexpected();
    }
    return value;
  }

  private Json value() {
    blank();
    return switch (peek()) {
      case '{' -> fields();
      case '[' -> items();
      case '"' -> new Json.Text(marked(string()));
      case 't' -> word("true", Json.of(true));
      case 'f' -> word("false", Json.of(false));
      case 'n' -> word("null", Json.NULL);
      default -> number();
    };
  }

  private Json fields() {
    Map<String, Json> fields = new LinkedHashMap<>();
    open();
    while (more('}', fields.isEmpty())) {
      blank();
      if (peek() != '"') {
        throw unexpected();
      }
      String name = string();
      blank();
      expect(':');
      fields.put(name, value());
    }
    return new Json.Fields(fields);
  }

  private Json items() {
    List<Json> items = new ArrayList<>();
    open();
    while (more(']', items.isEmpty())) {
      items.add(value());
    }
    return new Json.Items(items);
  }

  private void open() {
    at++;
    if (++depth > Limits.NESTING) {
      throw new TemplateFailure("JSON nests deeper than " + Limits.NESTING + " levels");
    }
  }

  /// Steps over the comma before the next entry; at the closing bracket the list ends.
  private boolean more(char close, boolean first) {
    blank();
    if (peek() == close) {
      at++;
      depth--;
      return false;
    }
    if (!first) {
      expect(',');
    }
    return true;
  }

  private String string() {
    StringBuilder string = new StringBuilder();
    at++;
    while (true) {
      char c = next();
      if (c == '"') {
        return string.toString();
      }
      if (c < ' ') {
        at--;
        throw unexpected();
      }
      string.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() {
    char c = next();
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
          int digit = Character.digit(next(), 16);
          if (digit < 0) {
            throw unexpected();
          }
          unit = unit * 16 + digit;
        }
        yield (char) unit;
      }
      default -> throw unexpected();
    };
  }

  private Json number() {
    int start = at;
    if (peek() == '-') {
      at++;
    }
    int whole = digits();
    if (whole == 0 || (whole > 1 && text.charAt(at - whole) == '0')) {
      throw unexpected();
    }
    boolean real = false;
    if (peek() == '.') {
      at++;
      real = true;
      if (digits() == 0) {
        throw unexpected();
      }
    }
    if (peek() == 'e' || peek() == 'E') {
      at++;
      real = true;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      if (digits() == 0) {
        throw unexpected();
      }
    }
    if (at - start > MAX_DIGITS) {
      throw new TemplateFailure("JSON has a number of more than " + MAX_DIGITS + " digits");
    }
    String number = text.substring(start, at);
    return real
        ? new Json.Real(Double.parseDouble(number))
        : new Json.Whole(new BigInteger(number));
  }

  private int digits() {
    int start = at;
    while (peek() >= '0' && peek() <= '9') {
      at++;
    }
    return at - start;
  }

  private Json word(String word, Json value) {
    if (!text.startsWith(word, at)) {
      throw unexpected();
    }
    at += word.length();
    return value;
  }

  private MarkedText marked(String string) {
    return userSupplied ? MarkedText.user(string) : MarkedText.trusted(string);
  }

  private void blank() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') {
      at++;
    }
  }

  private void expect(char c) {
    if (peek() != c) {
      throw unexpected();
    }
    at++;
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private char next() {
    if (at >= text.length()) {
      throw unexpected();
    }
    return text.charAt(at++);
  }

  private TemplateFailure unexpected() {
    return new TemplateFailure(
        at >= text.length()
            ? "JSON text ends too early"
            : "JSON text has an unexpected '" + text.charAt(at) + "' at position " + at);
  }
}
