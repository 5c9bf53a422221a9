package dev.corral.templates.go;

import dev.corral.templates.MarkedText;
import dev.corral.templates.Out;
import dev.corral.templates.TemplateFailure;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// `printf`, as Go formats.
final class GoFormat {
  private static final int MOST_DIGITS = 1000;

  private final GoRun run;
  private final MarkedText format;
  private final String plain;
  private final List<GoValue> values;
  private final Out out;
  private int at;
  private int used;

  /// A directive named the value that it takes (`%[2]d`): then none is left over.
  private boolean picked;

  private boolean badIndex;

  private GoFormat(GoRun run, MarkedText format, List<GoValue> values) {
    this.run = run;
    this.format = format;
    this.plain = format.toString();
    this.values = values;
    this.out = new Out(run.meter);
  }

  static GoValue apply(GoRun run, List<GoValue> arguments) {
    if (!(arguments.getFirst() instanceof GoValue.Text(MarkedText format))) {
      throw new TemplateFailure(
          "'printf' needs a format, not a " + GoValue.typeOf(arguments.getFirst()));
    }
    return new GoFormat(run, format, arguments.subList(1, arguments.size())).run();
  }

  private GoValue run() {
    for (int percent = plain.indexOf('%'); percent >= 0; percent = plain.indexOf('%', at)) {
      run.meter.step();
      out.add(format, at, percent);
      at = percent + 1;
      directive();
    }
    out.add(format, at, plain.length());
    if (!picked && used < values.size()) {
      out.add("%!(EXTRA ");
      for (int i = used; i < values.size(); i++) {
        boolean nil = values.get(i) instanceof GoValue.Nil;
        out.add(i > used ? ", " : "").add(nil ? "" : GoValue.typeOf(values.get(i)) + "=");
        GoText.write(values.get(i), out);
      }
      out.add(")");
    }
    return new GoValue.Text(out.marked());
  }

  private void directive() {
    int start = at;
    while (at < plain.length() && "+-# 0".indexOf(plain.charAt(at)) >= 0) {
      at++;
    }
    String flags = plain.substring(start, at);
    badIndex = false;
    index();
    int width = number();
    boolean left = flags.contains("-") || width < -1;
    int precision = -1;
    if (at < plain.length() && plain.charAt(at) == '.') {
      at++;
      index();
      precision = Math.max(0, number());
    }
    index();
    if (at >= plain.length()) {
      out.add("%!(NOVERB)");
      return;
    }
    char verb = plain.charAt(at++);
    if (verb == '%') {
      out.add("%");
    } else if (badIndex) {
      out.add("%!" + verb + "(BADINDEX)");
    } else if (used >= values.size()) {
      out.add("%!" + verb + "(MISSING)");
    } else {
      boolean zeros = !left && flags.contains("0");
      int columns = width == -1 ? 0 : Math.abs(Math.max(width, -Integer.MAX_VALUE));
      write(values.get(used++), new Form(verb, flags, columns, left, zeros, precision), true);
    }
  }

  /// `[n]`: the value that comes next, counted from one.
  private void index() {
    int end = at < plain.length() && plain.charAt(at) == '[' ? plain.indexOf(']', at) : -1;
    if (end < 0) {
      return;
    }
    String number = plain.substring(at + 1, end);
    at = end + 1;
    picked = true;
    boolean within = number.matches("[0-9]{1,7}");
    int wanted = within ? Integer.parseInt(number) : 0;
    if (wanted < 1 || wanted > values.size()) {
      badIndex = true;
    } else {
      used = wanted - 1;
    }
  }

  /// One directive: its letter, its flags, the columns it fills on which side and with what.
  private record Form(
      char verb, String flags, int columns, boolean left, boolean zeros, int precision) {}

  /// A list or map is written entry by entry, each in the form.
  ///
  /// @param outermost false for an entry
  private void write(GoValue value, Form form, boolean outermost) {
    run.meter.enter();
    switch (value) {
      case GoValue.Nil _ when !outermost -> out.add("<nil>");
      case GoValue.Slice slice when slice.form() == GoValue.Form.GO && form.verb() != 'T' -> {
        out.add("[");
        for (int i = 0; i < slice.items().size(); i++) {
          out.add(i == 0 ? "" : " ");
          write(slice.items().get(i), form, false);
        }
        out.add("]");
      }
      case GoValue.Dict dict when dict.form() == GoValue.Form.GO && form.verb() != 'T' -> {
        out.add("map[");
        boolean first = true;
        for (Map.Entry<String, GoValue> entry : dict.entries().entrySet()) {
          out.add(first ? "" : " ");
          write(new GoValue.Text(MarkedText.user(entry.getKey())), form, false);
          out.add(":");
          write(entry.getValue(), form, false);
          first = false;
        }
        out.add("]");
      }
      default -> pad(formatted(value, form.verb(), form.flags(), form.precision()), form);
    }
    run.meter.leave();
  }

  private void pad(MarkedText text, Form form) {
    boolean zeros = form.zeros();
    long gap = Math.max(0, (long) form.columns() - text.codePoints());
    boolean signed = zeros && !text.isEmpty() && "+-".indexOf(text.toString().charAt(0)) >= 0;
    int sign = signed ? 1 : 0;
    out.pad(form.left() || zeros ? 0 : gap).add(text, 0, sign);
    out.repeat(MarkedText.trusted("0"), zeros ? gap : 0).add(text, sign, text.length());
    out.pad(form.left() ? gap : 0);
  }

  private MarkedText formatted(GoValue value, char verb, String flags, int precision) {
    boolean text = value instanceof GoValue.Text;
    boolean integer = value instanceof GoValue.Int;
    boolean real = value instanceof GoValue.Real;
    return switch (verb) {
      case 'v' -> cut(written(value), text ? precision : -1);
      case 's' -> prints(value) ? cut(written(value), precision) : wrong(value, verb);
      case 'q' ->
          value instanceof GoValue.Int(long code)
              ? MarkedText.trusted("'" + escaped(whole(code, 'c', ""), '\'') + "'")
              : text ? quoted(written(value)) : wrong(value, verb);
      case 't' -> value instanceof GoValue.Bool ? written(value) : wrong(value, verb);
      case 'T' -> MarkedText.trusted(GoValue.typeOf(value));
      case 'd', 'x', 'X', 'o', 'O', 'b', 'c', 'U' ->
          value instanceof GoValue.Text(MarkedText letters) && (verb == 'x' || verb == 'X')
              ? hex(letters, verb, flags, precision)
              : integer
                  ? MarkedText.trusted(whole(((GoValue.Int) value).number(), verb, flags))
                  : wrong(value, verb);
      case 'f', 'F', 'e', 'E', 'g', 'G' ->
          real
              ? MarkedText.trusted(real(((GoValue.Real) value).number(), verb, flags, precision))
              : wrong(value, verb);
      default -> wrong(value, verb);
    };
  }

  /// The bytes of a text.
  private MarkedText hex(MarkedText text, char verb, String flags, int precision) {
    run.meter.text(9L * text.length());
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    int most = precision < 0 ? bytes.length : Math.min(precision, bytes.length);
    HexFormat format = flags.contains(" ") ? HexFormat.ofDelimiter(" ") : HexFormat.of();
    HexFormat cased = verb == 'X' ? format.withUpperCase() : format;
    return MarkedText.user(cased.formatHex(bytes, 0, most));
  }

  /// True for what is made of text, somehow.
  private static boolean prints(GoValue value) {
    return switch (value) {
      case GoValue.Text _, GoValue.Slice _, GoValue.Dict _, GoValue.Struct _ -> true;
      case GoValue.Nil _, GoValue.Bool _, GoValue.Int _, GoValue.Real _ -> false;
    };
  }

  private MarkedText written(GoValue value) {
    Out written = new Out(run.meter);
    GoText.write(value, written);
    return written.marked();
  }

  private static MarkedText cut(MarkedText text, int precision) {
    return precision < 0 || precision >= text.codePoints()
        ? text
        : text.slice(0, text.offset(precision));
  }

  private MarkedText wrong(GoValue value, char verb) {
    Out wrong = new Out(run.meter);
    wrong.add(
        "%!" + verb + "(" + GoValue.typeOf(value) + (value instanceof GoValue.Nil ? "" : "="));
    GoText.write(value instanceof GoValue.Nil ? GoValue.text("") : value, wrong);
    return wrong.add(")").marked();
  }

  private static MarkedText quoted(MarkedText text) {
    return MarkedText.trusted("\"")
        .concat(text.map(run -> escaped(run, '"')))
        .concat(MarkedText.trusted("\""));
  }

  private static String escaped(String text, char quote) {
    StringBuilder escaped = new StringBuilder(text.length() + 8);
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '"', '\\' -> escaped.append('\\').appendCodePoint(c);
            case '\n' -> escaped.append("\\n");
            case '\r' -> escaped.append("\\r");
            case '\t' -> escaped.append("\\t");
            case 7 -> escaped.append("\\a");
            case '\b' -> escaped.append("\\b");
            case '\f' -> escaped.append("\\f");
            case 0x0b -> escaped.append("\\v");
            default -> {
              if (c == quote) {
                escaped.append('\\').append(quote);
              } else if (!GoText.printable(c)) {
                String form = c < 0x80 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
                escaped.append(String.format(form, c));
              } else {
                escaped.appendCodePoint(c);
              }
            }
          }
        });
    return escaped.toString();
  }

  private static String whole(long number, char verb, String flags) {
    String sign = number < 0 ? "-" : flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
    String digits =
        switch (verb) {
          case 'x' -> Long.toString(Math.abs(number), 16);
          case 'X' -> Long.toString(Math.abs(number), 16).toUpperCase(Locale.ROOT);
          case 'o', 'O' -> Long.toString(Math.abs(number), 8);
          case 'b' -> Long.toString(Math.abs(number), 2);
          default -> Long.toString(Math.abs(number));
        };
    String prefix =
        switch (verb) {
          case 'x' -> flags.contains("#") ? "0x" : "";
          case 'X' -> flags.contains("#") ? "0X" : "";
          case 'o' -> flags.contains("#") ? "0" : "";
          case 'b' -> flags.contains("#") ? "0b" : "";
          case 'O' -> "0o";
          default -> "";
        };
    return switch (verb) {
      case 'c' ->
          Character.isValidCodePoint((int) number) ? Character.toString((int) number) : "\uFFFD";
      case 'U' -> String.format(Locale.ROOT, "U+%04X", number);
      default -> sign + prefix + digits;
    };
  }

  private static String real(double number, char verb, String flags, int precision) {
    if (precision > MOST_DIGITS) {
      throw new TemplateFailure("a number is asked with " + precision + " digits");
    }
    String plus = number >= 0 && flags.contains("+") ? "+" : "";
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      return plus + GoText.real(number);
    }
    BigDecimal decimal = new BigDecimal(number);
    int digits = precision < 0 ? 6 : precision;
    return plus
        + switch (verb) {
          case 'f', 'F' -> decimal.setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
          case 'e' -> scientific(decimal, digits);
          case 'E' -> scientific(decimal, digits).toUpperCase(Locale.ROOT);
          default -> {
            String shortest =
                GoText.real(
                    precision < 0
                        ? number
                        : decimal
                            .round(new MathContext(Math.max(1, precision), RoundingMode.HALF_EVEN))
                            .doubleValue(),
                    -4,
                    precision < 0 ? 6 : Math.max(1, precision),
                    2);
            yield verb == 'G' ? shortest.toUpperCase(Locale.ROOT) : shortest;
          }
        };
  }

  private static String scientific(BigDecimal number, int precision) {
    BigDecimal rounded = number.round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
    int exponent = number.signum() == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
    String mantissa =
        rounded.movePointLeft(exponent).setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
    String power = String.format(Locale.ROOT, "%02d", Math.abs(exponent));
    return mantissa + (exponent < 0 ? "e-" : "e+") + power;
  }

  /// A width or precision; -1 where there is none, and for `*` the next value.
  private int number() {
    if (at < plain.length() && plain.charAt(at) == '*') {
      at++;
      GoValue value = used < values.size() ? values.get(used++) : GoValue.NIL;
      if (!(value instanceof GoValue.Int(long number)) || number != (int) number) {
        throw new TemplateFailure("'printf' needs an integer for '*'");
      }
      return (int) number == -1 ? -2 : (int) number;
    }
    int start = at;
    while (at < plain.length() && Character.isDigit(plain.charAt(at))) {
      at++;
    }
    if (at - start > 7) {
      throw new TemplateFailure("'printf' is asked for a width of " + plain.substring(start, at));
    }
    return at == start ? -1 : Integer.parseInt(plain.substring(start, at));
  }
}
