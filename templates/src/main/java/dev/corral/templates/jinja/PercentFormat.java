package dev.corral.templates.jinja;

import dev.corral.templates.MarkedText;
import dev.corral.templates.Out;
import dev.corral.templates.TemplateFailure;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/// `'%s is %d' % (name, age)`, as Python formats.
final class PercentFormat {
  private static final MarkedText ZERO = MarkedText.trusted("0");

  private final MarkedText format;
  private final String plain;
  private final Value given;
  private final List<Value> values;
  private final Rendering rendering;
  private final Out out;
  private int at;
  private int used;

  private PercentFormat(MarkedText format, Value given, Rendering rendering) {
    this.format = format;
    this.plain = format.toString();
    this.given = given;
    this.values =
        given instanceof Value.Items(Value.Items.Kind kind, List<Value> several) && kind.fixed()
            ? several
            : List.of(given);
    this.rendering = rendering;
    this.out = new Out(rendering.meter);
  }

  static Value apply(MarkedText format, Value given, Rendering rendering) {
    return new PercentFormat(format, given, rendering).run();
  }

  private Value run() {
    boolean named = false;
    while (true) {
      int percent = plain.indexOf('%', at);
      if (percent < 0) {
        break;
      }
      out.add(format, at, percent);
      at = percent + 1;
      rendering.meter.step();
      named |= directive();
    }
    if (!named && used < values.size() && mustBeUsed(given)) {
      throw new TemplateFailure("not all values are used by the format '" + plain + "'");
    }
    return Value.of(out.add(format, at, plain.length()));
  }

  /// As in Python, where whatever can be asked by name may stay unused.
  private static boolean mustBeUsed(Value given) {
    return switch (given) {
      case Value.Dict _, Value.Undefined _ -> false;
      case Value.Items(Value.Items.Kind kind, var _) -> kind.fixed();
      default -> true;
    };
  }

  /// One `%…`; true where it named its value.
  private boolean directive() {
    String name = null;
    if (peek() == '(') {
      int close = plain.indexOf(')', at);
      if (close < 0) {
        throw broken();
      }
      name = plain.substring(at + 1, close);
      at = close + 1;
    }
    int flags = at;
    while ("-+ 0#".indexOf(peek()) >= 0 && at < plain.length()) {
      at++;
    }
    String flag = plain.substring(flags, at);
    int width = number();
    int precision = -1;
    if (peek() == '.') {
      at++;
      precision = Math.max(0, number());
    }
    char form = next();
    if (form == '%') {
      out.add("%");
      return name != null;
    }
    Value value = name == null ? positional() : named(name);
    boolean left = flag.contains("-") || width < -1;
    write(value, form, flag, Math.abs(Math.max(width, -Integer.MAX_VALUE)), left, precision);
    return name != null;
  }

  private void write(Value value, char form, String flag, int width, boolean left, int precision) {
    MarkedText text;
    boolean zeros = false;
    switch (form) {
      case 's', 'r', 'a' -> {
        Out written = new Out(rendering.meter);
        if (form == 's') {
          PythonText.print(value, written);
        } else {
          PythonText.repr(value, written);
        }
        text = written.marked();
        if (precision >= 0 && precision < text.codePoints()) {
          text = text.slice(0, text.offset(precision));
        }
      }
      case 'c' -> text = MarkedText.trusted(character(value));
      case 'd', 'i', 'u', 'x', 'X', 'o', 'e', 'E', 'f', 'F', 'g', 'G' -> {
        text = MarkedText.trusted(number(value, form, flag, precision));
        zeros = flag.contains("0") && !left;
      }
      default -> throw broken();
    }
    long gap = Math.max(0, (long) width - text.codePoints());
    int sign = zeros && !text.isEmpty() && "+- ".indexOf(text.toString().charAt(0)) >= 0 ? 1 : 0;
    out.pad(left || zeros ? 0 : gap).add(text, 0, sign);
    out.repeat(ZERO, zeros ? gap : 0).add(text, sign, text.length()).pad(left ? gap : 0);
  }

  private String number(Value value, char form, String flag, int precision) {
    if (!Operators.isNumber(value)) {
      throw Operators.undefinedOr(
          value, value, "'%" + form + "' formats a number, not a " + Kinds.of(value));
    }
    char letter = form == 'i' || form == 'u' ? 'd' : form;
    Value number =
        letter == 'd' && value instanceof Value.Real(double real)
            ? new Value.Int(Numbers.truncate(real))
            : value;
    String sign =
        NumberFormat.negative(number)
            ? "-"
            : flag.contains("+") ? "+" : flag.contains(" ") ? " " : "";
    String prefix = flag.contains("#") && "xXo".indexOf(letter) >= 0 ? "0" + letter : "";
    return sign + prefix + NumberFormat.digits(number, letter, precision);
  }

  private static String character(Value value) {
    if (value instanceof Value.Text(MarkedText text) && text.codePoints() == 1) {
      return text.toString();
    }
    BigInteger code = Operators.integer(value);
    if (code == null || code.bitLength() > 20) {
      throw new TemplateFailure("the format 'c' writes one character");
    }
    return Character.toString(code.intValue());
  }

  private Value positional() {
    if (used >= values.size()) {
      throw new TemplateFailure("the format '" + plain + "' needs more values than it is given");
    }
    return values.get(used++);
  }

  private Value named(String name) {
    Value value = given instanceof Value.Dict dict ? dict.find(name) : null;
    if (value == null) {
      throw new TemplateFailure("the format needs a value named '" + name + "'");
    }
    return value;
  }

  /// A width or precision; -1 where there is none, and for `*` the next value.
  private int number() {
    if (peek() == '*') {
      at++;
      return new Arguments(List.of(positional()), Map.of()).bind("%", "width").integer(0, 0);
    }
    int start = at;
    while (Character.isDigit(peek())) {
      at++;
    }
    if (at - start > 9) {
      throw broken();
    }
    return at == start ? -1 : Integer.parseInt(plain.substring(start, at));
  }

  private char peek() {
    return at < plain.length() ? plain.charAt(at) : '\0';
  }

  private char next() {
    if (at >= plain.length()) {
      throw broken();
    }
    return plain.charAt(at++);
  }

  private TemplateFailure broken() {
    return new TemplateFailure("the format '" + plain + "' is not understood");
  }
}
