package dev.corral.templates.jinja;

import dev.corral.templates.MarkedText;
import dev.corral.templates.Out;
import dev.corral.templates.TemplateFailure;
import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `'{} is {age:>3}'.format(name, age=9)`, as Python formats.
final class FormatMethod {
  private static final Pattern SPEC =
      Pattern.compile(
          "(?:(.)?([<>=^]))?([ +-])?(#)?(0)?(\\d{0,9})(,)?(?:\\.(\\d{1,9}))?([a-zA-Z%])?");
  private static final Pattern STEP = Pattern.compile("\\.([^.\\[]+)|\\[([^\\]]+)\\]");

  private final MarkedText format;
  private final String plain;
  private final Arguments arguments;
  private final Rendering rendering;
  private final Out out;
  private int automatic;

  private FormatMethod(MarkedText format, Arguments arguments, Rendering rendering) {
    this.format = format;
    this.plain = format.toString();
    this.arguments = arguments;
    this.rendering = rendering;
    this.out = new Out(rendering.meter);
  }

  static Value apply(Rendering rendering, Value.Text self, Arguments arguments) {
    return new FormatMethod(self.text(), arguments, rendering).run();
  }

  private Value run() {
    int at = 0;
    while (at < plain.length()) {
      char c = plain.charAt(at);
      if (c != '{' && c != '}') {
        int next = at;
        while (next < plain.length() && "{}".indexOf(plain.charAt(next)) < 0) {
          next++;
        }
        out.add(format, at, next);
        at = next;
      } else if (at + 1 < plain.length() && plain.charAt(at + 1) == c) {
        out.add(format, at, at + 1);
        at += 2;
      } else {
        int end = plain.indexOf('}', at);
        if (c == '}' || end < 0) {
          throw new TemplateFailure("the format '" + plain + "' has a single brace");
        }
        field(plain.substring(at + 1, end));
        at = end + 1;
      }
    }
    return Value.of(out);
  }

  private void field(String field) {
    rendering.meter.step();
    int colon = field.indexOf(':');
    String spec = colon < 0 ? "" : field.substring(colon + 1);
    String head = colon < 0 ? field : field.substring(0, colon);
    int bang = head.indexOf('!');
    Value value = value(bang < 0 ? head : head.substring(0, bang));
    if (bang >= 0) {
      Out converted = new Out(rendering.meter);
      if (head.endsWith("r")) {
        PythonText.repr(value, converted);
      } else {
        PythonText.print(value, converted);
      }
      value = Value.of(converted);
    }
    write(value, spec);
  }

  private Value value(String path) {
    int end = 0;
    while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
      end++;
    }
    String name = path.substring(0, end);
    Value value;
    if (name.isEmpty() || name.chars().allMatch(Character::isDigit)) {
      int index = name.isEmpty() ? automatic++ : name.length() > 6 ? -1 : Integer.parseInt(name);
      if (index < 0 || index >= arguments.positional().size()) {
        throw new TemplateFailure("the format '" + plain + "' needs more values than it is given");
      }
      value = arguments.positional().get(index);
    } else {
      Value named = arguments.named().get(name);
      if (named == null) {
        throw new TemplateFailure("the format needs a value named '" + name + "'");
      }
      value = named;
    }
    Matcher step = STEP.matcher(path.substring(end));
    while (step.find()) {
      value =
          step.group(1) != null
              ? Access.attribute(value, step.group(1))
              : Access.entry(value, key(step.group(2)));
    }
    return value;
  }

  private static Value key(String key) {
    return key.chars().allMatch(Character::isDigit) && key.length() < 10
        ? Value.of(Long.parseLong(key))
        : Value.text(key);
  }

  private void write(Value value, String written) {
    Matcher spec = SPEC.matcher(written);
    if (!spec.matches()) {
      throw new TemplateFailure("the format '" + written + "' is not understood");
    }
    boolean number = Operators.isNumber(value) && !written.isEmpty();
    String sign = "";
    MarkedText text;
    if (number) {
      boolean negative = NumberFormat.negative(value);
      String wanted = spec.group(3) == null ? "-" : spec.group(3);
      sign = negative ? "-" : wanted.equals("-") ? "" : wanted;
      text = MarkedText.trusted(number(value, spec));
    } else {
      text = PythonText.str(value, rendering);
      if (spec.group(8) != null && Integer.parseInt(spec.group(8)) < text.codePoints()) {
        text = text.slice(0, text.offset(Integer.parseInt(spec.group(8))));
      }
    }
    String fill = spec.group(1) != null ? spec.group(1) : spec.group(5) != null ? "0" : " ";
    String align =
        spec.group(2) != null ? spec.group(2) : !number ? "<" : spec.group(5) != null ? "=" : ">";
    int width = spec.group(6).isEmpty() ? 0 : Integer.parseInt(spec.group(6));
    long gap = Math.max(0, (long) width - text.codePoints() - sign.length());
    MarkedText filling = MarkedText.trusted(fill);
    long before =
        switch (align) {
          case "<" -> 0;
          case "^" -> gap / 2;
          default -> gap;
        };
    if (align.equals("=")) {
      out.add(sign).repeat(filling, gap).add(text);
    } else {
      out.repeat(filling, before).add(sign).add(text).repeat(filling, gap - before);
    }
  }

  private static String number(Value value, Matcher spec) {
    BigInteger integer = Operators.integer(value);
    int precision = spec.group(8) == null ? -1 : Integer.parseInt(spec.group(8));
    char form = spec.group(9) != null ? spec.group(9).charAt(0) : integer != null ? 'd' : ' ';
    if (form == 'n') {
      form = 'd';
    }
    String digits =
        form == ' ' && precision < 0
            ? PythonText.real(Math.abs(Operators.real(value)))
            : NumberFormat.digits(value, form == ' ' ? 'g' : form, precision);
    String prefix = spec.group(4) != null && "xXob".indexOf(form) >= 0 ? "0" + form : "";
    return prefix + (spec.group(7) == null ? digits : grouped(digits));
  }

  /// With a comma between thousands.
  private static String grouped(String digits) {
    int point = digits.indexOf('.') < 0 ? digits.length() : digits.indexOf('.');
    StringBuilder grouped = new StringBuilder(digits);
    for (int i = point - 3; i > 0; i -= 3) {
      grouped.insert(i, ',');
    }
    return grouped.toString();
  }
}
