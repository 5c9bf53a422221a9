package dev.corral.gateway;

/// Text of others in a header of ours.
final class Printable {
  private Printable() {}

  /// Visible ASCII only: a header must not be broken by what a name contains.
  static String header(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~') {
        return text.replaceAll("[^ -~]", "?");
      }
    }
    return text;
  }
}
