package dev.corral.templates.go;

import dev.corral.templates.TemplateFailure;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Strings and numbers as Go writes them.
final class GoLiteral {
  private GoLiteral() {}

  /// The value of a quoted string. `\x` and octal escapes are bytes of UTF-8.
  static String unquote(String written) {
    if (written.indexOf('\\') < 0) {
      return written;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int at = 0;
    while (at < written.length()) {
      int c = written.codePointAt(at);
      at += Character.charCount(c);
      if (c != '\\' || at == written.length()) {
        bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
        continue;
      }
      char kind = written.charAt(at++);
      int digits =
          switch (kind) {
            case 'x' -> 2;
            case 'u' -> 4;
            case 'U' -> 8;
            case '0', '1', '2', '3', '4', '5', '6', '7' -> 3;
            default -> 0;
          };
      if (digits == 0) {
        bytes.write(simple(kind));
        continue;
      }
      boolean octal = digits == 3;
      int from = octal ? at - 1 : at;
      int code = code(written, from, from + digits, octal ? 8 : 16);
      at = from + digits;
      if (kind == 'x' || octal) {
        bytes.write(code);
      } else {
        bytes.writeBytes(Character.toString(code).getBytes(StandardCharsets.UTF_8));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static int simple(char kind) {
    return switch (kind) {
      case 'a' -> 7;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'v' -> 0x0b;
      case '\\', '"', '\'' -> kind;
      default -> throw new TemplateFailure("a string has the unknown escape '\\" + kind + "'");
    };
  }

  private static int code(String written, int from, int to, int radix) {
    int code = -1;
    if (to <= written.length()) {
      try {
        code = Integer.parseInt(written.substring(from, to), radix);
      } catch (NumberFormatException _) {
        code = -1;
      }
    }
    if (!Character.isValidCodePoint(code)) {
      throw new TemplateFailure("a string has an incomplete escape: " + written);
    }
    return code;
  }

  /// An integer, or a real where it is written with a point or an exponent.
  static GoValue number(GoToken token) {
    String text = token.text().replace("_", "").toLowerCase(Locale.ROOT);
    boolean negative = text.startsWith("-");
    String digits = negative || text.startsWith("+") ? text.substring(1) : text;
    try {
      if (!digits.startsWith("0x") && (digits.contains(".") || digits.contains("e"))) {
        return new GoValue.Real(Double.parseDouble(text));
      }
      BigInteger number = integer(digits);
      return new GoValue.Int((negative ? number.negate() : number).longValueExact());
    } catch (ArithmeticException | NumberFormatException _) {
      throw new TemplateFailure("'" + token.text() + "' is no number", token.line());
    }
  }

  private static BigInteger integer(String digits) {
    if (digits.startsWith("0x")) {
      return new BigInteger(digits.substring(2), 16);
    }
    if (digits.startsWith("0b")) {
      return new BigInteger(digits.substring(2), 2);
    }
    if (digits.startsWith("0o")) {
      return new BigInteger(digits.substring(2), 8);
    }
    return new BigInteger(digits, digits.startsWith("0") ? 8 : 10);
  }
}
