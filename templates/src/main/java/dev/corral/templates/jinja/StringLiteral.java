package dev.corral.templates.jinja;

import dev.corral.templates.TemplateFailure;

/// Escapes in a string of a template, as Python reads them: an unknown one keeps its backslash.
final class StringLiteral {
  private StringLiteral() {}

  static String value(String written) {
    if (written.indexOf('\\') < 0) {
      return written;
    }
    StringBuilder value = new StringBuilder(written.length());
    int at = 0;
    while (at < written.length()) {
      char c = written.charAt(at++);
      if (c != '\\' || at == written.length()) {
        value.append(c);
        continue;
      }
      char kind = written.charAt(at++);
      switch (kind) {
        case '\n' -> {}
        case '\\', '\'', '"' -> value.append(kind);
        case 'a' -> value.append('\u0007');
        case 'b' -> value.append('\b');
        case 'f' -> value.append('\f');
        case 'n' -> value.append('\n');
        case 'r' -> value.append('\r');
        case 't' -> value.append('\t');
        case 'v' -> value.append('\u000b');
        case 'x' -> at = coded(written, at, at + 2, 16, value);
        case 'u' -> at = coded(written, at, at + 4, 16, value);
        case 'U' -> at = coded(written, at, at + 8, 16, value);
        case '0', '1', '2', '3', '4', '5', '6', '7' ->
            at = coded(written, at - 1, octalEnd(written, at), 8, value);
        default -> value.append('\\').append(kind);
      }
    }
    return value.toString();
  }

  private static int octalEnd(String written, int at) {
    int end = at;
    while (end < Math.min(written.length(), at + 2)
        && Character.digit(written.charAt(end), 8) >= 0) {
      end++;
    }
    return end;
  }

  private static int coded(String written, int from, int to, int radix, StringBuilder value) {
    try {
      int codePoint = Integer.parseInt(written.substring(from, to), radix);
      value.appendCodePoint(codePoint);
    } catch (IllegalArgumentException | StringIndexOutOfBoundsException _) {
      throw new TemplateFailure("a string has an incomplete escape: " + written);
    }
    return to;
  }
}
