package dev.corral.templates.jinja;

/// @param text of a string token its value, of all others what was written
/// @param line counted from 1
record Token(Kind kind, String text, int line) {
  enum Kind {
    TEXT,
    PRINT_BEGIN,
    PRINT_END,
    TAG_BEGIN,
    TAG_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
  }

  boolean is(Kind asked, String value) {
    return kind == asked && text.equals(value);
  }

  boolean operator(String value) {
    return is(Kind.OPERATOR, value);
  }

  boolean name(String value) {
    return is(Kind.NAME, value);
  }

  /// For error messages.
  String told() {
    return switch (kind) {
      case END -> "the end of the template";
      case TEXT -> "template text";
      case TAG_END -> "'%}'";
      case PRINT_END -> "'}}'";
      case STRING -> "the string '" + text + "'";
      default -> "'" + text + "'";
    };
  }
}
