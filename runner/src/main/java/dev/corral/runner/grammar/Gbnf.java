package dev.corral.runner.grammar;

import com.fasterxml.jackson.databind.JsonNode;

/// How things are spelled in GBNF.
final class Gbnf {
  /// Blanks that a model may put between the parts of a value: none, one, or a line break with an
  /// indent. More would let it write blanks for ever.
  static final String SPACE = "| \" \" | \"\\n\"{1,2} [ \\t]{0,20}";

  /// Any character that may stand in a JSON string.
  static final String CHAR =
      "[^\"\\\\\\x7F\\x00-\\x1F] | [\\\\] ([\"\\\\bfnrt] | \"u\" [0-9a-fA-F]{4})";

  private Gbnf() {}

  /// Text that must come exactly so.
  static String literal(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> out.append(c);
      }
    }
    return out.append('"').toString();
  }

  /// A JSON value that must come exactly so.
  static String literal(JsonNode value) {
    return literal(value.toString());
  }

  /// One character within brackets.
  static String inClass(int codePoint) {
    boolean plain = codePoint < 128 && Character.isLetterOrDigit(codePoint);
    if (plain) {
      return Character.toString(codePoint);
    }
    return codePoint < 256
        ? "\\x%02X".formatted(codePoint)
        : codePoint < 65536 ? "\\u%04X".formatted(codePoint) : "\\U%08X".formatted(codePoint);
  }
}
