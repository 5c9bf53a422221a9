package dev.corral.dialect;

/// Finds members of JSON objects in the end of an answer without parsing it, since its beginning is
/// gone. A key with its quotes and its colon cannot stand inside a string, where its quotes would
/// be escaped; of several the last counts, because all backends write the members looked for here
/// behind the content.
final class AnswerText {
  /// Digits of a number that is sure to fit a long.
  private static final int LONGEST = 18;

  private AnswerText() {}

  /// @return the number under the last `key` that has a whole number as its value; -1 for none
  static long number(String text, String key) {
    int at = text.length();
    while (true) {
      at = keyBefore(text, key, at);
      if (at < 0) {
        return -1;
      }
      int from = valueAt(text, key, at);
      int end = from;
      while (end < text.length() && end - from < LONGEST && digit(text.charAt(end))) {
        end++;
      }
      if (end > from) {
        return Long.parseLong(text, from, end, 10);
      }
    }
  }

  static boolean has(String text, String key) {
    return keyBefore(text, key, text.length()) >= 0;
  }

  /// True where the value of the last `key` begins with `value`.
  static boolean says(String text, String key, String value) {
    int at = keyBefore(text, key, text.length());
    return at >= 0 && text.startsWith(value, valueAt(text, key, at));
  }

  /// True where this is one whole object; of one whose beginning is gone only the last byte counts.
  /// Counts brackets instead of parsing: an answer that was cut cannot close what it opened, and
  /// what a backend says between its brackets is for the caller's client to judge.
  static boolean object(String text) {
    if (!text.startsWith("{")) {
      return text.endsWith("}");
    }
    int depth = 0;
    for (int at = 0; at < text.length(); at++) {
      switch (text.charAt(at)) {
        case '"' -> at = closingQuote(text, at);
        case '{', '[' -> depth++;
        case '}', ']' -> {
          depth--;
          if (depth == 0) {
            return at == text.length() - 1;
          }
        }
        default -> {}
      }
    }
    return false;
  }

  /// @return the index of the quote that ends the string; the last one there can be where none does
  private static int closingQuote(String text, int open) {
    int close = text.indexOf('"', open + 1);
    while (close >= 0 && escaped(text, close)) {
      close = text.indexOf('"', close + 1);
    }
    return close < 0 ? text.length() : close;
  }

  /// An odd number of backslashes before it.
  private static boolean escaped(String text, int quote) {
    int at = quote - 1;
    while (text.charAt(at) == '\\') {
      at--;
    }
    return (quote - at) % 2 == 0;
  }

  /// The last line that is not empty, without its end.
  static String lastLine(String text) {
    String whole = text.stripTrailing();
    return whole.substring(whole.lastIndexOf('\n') + 1);
  }

  /// The object in the last line that holds an error; empty where that line has left.
  static String lastErrorLine(String text) {
    int key = text.lastIndexOf("\"error\"");
    if (key < 0) {
      return "";
    }
    int from = text.indexOf('{', text.lastIndexOf('\n', key) + 1);
    int end = text.indexOf('\n', key);
    return from < 0 || from > key ? "" : text.substring(from, end < 0 ? text.length() : end);
  }

  /// Where the last `key` that begins before `limit` begins, with its quote; -1 for none.
  private static int keyBefore(String text, String key, int limit) {
    String quoted = '"' + key + '"';
    int at = text.lastIndexOf(quoted, limit - 1);
    while (at >= 0) {
      int colon = skipSpace(text, at + quoted.length());
      if (colon < text.length() && text.charAt(colon) == ':') {
        return at;
      }
      at = text.lastIndexOf(quoted, at - 1);
    }
    return -1;
  }

  private static int valueAt(String text, String key, int keyAt) {
    return skipSpace(text, skipSpace(text, keyAt + key.length() + 2) + 1);
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  private static int skipSpace(String text, int from) {
    int at = from;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at;
  }
}
