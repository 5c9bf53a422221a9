package dev.corral.templates.go;

/// @param text of a string its value, of all others what was written
/// @param line counted from 1
/// @param spaced true where white space stands before it: `.A .B` are two operands, `.A.B` is one
record GoToken(Kind kind, String text, int line, boolean spaced) {
  enum Kind {
    TEXT,
    BEGIN,
    END,
    ASSIGN,
    DECLARE,
    PIPE,
    COMMA,
    OPEN,
    CLOSE,
    STRING,
    CHARACTER,
    NUMBER,
    DOT,
    FIELD,
    VARIABLE,
    WORD,
    END_OF_TEMPLATE
  }

  boolean word(String word) {
    return kind == Kind.WORD && text.equals(word);
  }

  /// For error messages.
  String told() {
    return switch (kind) {
      case END_OF_TEMPLATE -> "the end of the template";
      case TEXT -> "template text";
      case BEGIN -> "'{{'";
      case END -> "'}}'";
      case STRING -> "the string '" + text + "'";
      default -> "'" + text + "'";
    };
  }
}
