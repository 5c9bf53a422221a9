package dev.corral.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// JSON as Go's `encoding/json` writes it, since callers compare bytes: `<`, `>`, `&` and the two
/// line separators of Unicode are escaped, other text beyond ASCII is not; numbers are as short as
/// they can be.
public final class GoJson {
  private GoJson() {}

  /// A tree in UTF-8, members in their order.
  public static byte[] bytes(JsonNode tree) {
    return text(tree).getBytes(StandardCharsets.UTF_8);
  }

  /// A tree as text, members in their order.
  public static String text(JsonNode tree) {
    StringBuilder out = new StringBuilder();
    write(out, tree);
    return out.toString();
  }

  private static void write(StringBuilder out, JsonNode tree) {
    switch (tree.getNodeType()) {
      case OBJECT -> {
        char before = '{';
        for (Map.Entry<String, JsonNode> member : tree.properties()) {
          out.append(before).append(quoted(member.getKey())).append(':');
          write(out, member.getValue());
          before = ',';
        }
        out.append(before == '{' ? "{}" : "}");
      }
      case ARRAY -> {
        char before = '[';
        for (JsonNode item : tree) {
          out.append(before);
          write(out, item);
          before = ',';
        }
        out.append(before == '[' ? "[]" : "]");
      }
      case STRING -> out.append(quoted(tree.textValue()));
      case NUMBER -> out.append(number(tree));
      case BOOLEAN -> out.append(tree.booleanValue());
      default -> out.append("null");
    }
  }

  /// Go writes the shortest digits that read back as the same number, with an exponent below 1e-6
  /// and from 1e21 on.
  private static String number(JsonNode number) {
    if (!number.isFloatingPointNumber()) {
      return number.asText();
    }
    String java = number.isFloat() ? Float.toString(number.floatValue()) : number.asText();
    BigDecimal exact = new BigDecimal(java).stripTrailingZeros();
    double size = Math.abs(exact.doubleValue());
    if (size == 0) {
      return java.startsWith("-") ? "-0" : "0";
    }
    if (size >= 1e-6 && size < 1e21) {
      return exact.toPlainString();
    }
    int exponent = exact.precision() - exact.scale() - 1;
    String digits = exact.unscaledValue().abs().toString();
    return (exact.signum() < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + (exponent < 0 ? "e-" : "e+")
        + Math.abs(exponent);
  }

  /// A JSON string literal with its quotes.
  static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        boolean pair = i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1));
        if (pair) {
          out.append(c).append(text.charAt(++i));
        } else {
          out.append("\\ufffd");
        }
      } else {
        append(out, c);
      }
    }
    return out.append('"').toString();
  }

  private static void append(StringBuilder out, char c) {
    switch (c) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\b' -> out.append("\\b");
      case '\f' -> out.append("\\f");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case '<', '>', '&', '\u2028', '\u2029' -> out.append(String.format("\\u%04x", (int) c));
      default -> {
        if (c < ' ') {
          out.append(String.format("\\u%04x", (int) c));
        } else {
          out.append(c);
        }
      }
    }
  }
}
