package dev.corral.runner.grammar;

/// Ends a conversion; caught at its edge and told as a value. Without a stack trace, because the
/// place that matters is one in the schema.
final class SchemaRefused extends RuntimeException {
  private static final long serialVersionUID = 1;

  SchemaRefused(String reason) {
    super(reason, null, false, false);
  }

  SchemaRefused(Place place, String reason) {
    this("at " + place + ": " + reason);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
