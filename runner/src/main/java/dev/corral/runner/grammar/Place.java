package dev.corral.runner.grammar;

/// Where in the schema we are: for messages, for names of rules and for the bound on depth.
///
/// @param text a pointer into the document, cut where it becomes too long to be read
/// @param hint what a rule made here is best called
record Place(String text, String hint, int depth) {
  /// Deeper than any schema that people write (some ten levels), and far from what hurts.
  static final int DEEPEST = 100;

  private static final int READABLE = 200;

  static Place root(String text) {
    return new Place(text, "root", 0);
  }

  /// A part of the schema here.
  ///
  /// @throws SchemaRefused where the schema is nested too deeply
  Place in(String part) {
    if (depth == DEEPEST) {
      throw new SchemaRefused(
          "the schema is nested more than "
              + DEEPEST
              + " levels deep; write repeating parts once under $defs and refer to them with $ref");
    }
    String longer = text + "/" + part;
    return new Place(longer.length() > READABLE ? text : longer, hint, depth + 1);
  }

  Place named(String name) {
    return new Place(text, name, depth);
  }

  @Override
  public String toString() {
    return text;
  }
}
