package dev.corral.templates.jinja;

import dev.corral.templates.MarkedText;
import dev.corral.templates.Out;
import dev.corral.templates.Segment;
import dev.corral.templates.TemplateFailure;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// How Python writes values: `str` for what is printed, `repr` for what stands within a list.
final class PythonText {
  /// Beyond this many bits Python refuses to print an integer too (4,300 digits).
  private static final int MAX_BITS = 14_000;

  private PythonText() {}

  static MarkedText str(Value value, Rendering rendering) {
    if (value instanceof Value.Text(MarkedText text)) {
      return text;
    }
    Out out = new Out(rendering.meter);
    print(value, out);
    return out.marked();
  }

  static void print(Value value, Out out) {
    switch (value) {
      case Value.Text(MarkedText text) -> out.add(text);
      case Value.Undefined _ -> {}
      default -> repr(value, out);
    }
  }

  static void repr(Value value, Out out) {
    switch (value) {
      case Value.Text(MarkedText text) -> quoted(text, out);
      case Value.Int(BigInteger number) -> out.add(integer(number));
      case Value.Real(double number) -> out.add(real(number));
      case Value.Bool(boolean truth) -> out.add(truth ? "True" : "False");
      case Value.None _ -> out.add("None");
      case Value.Undefined _ -> out.add("Undefined");
      case Value.Items items -> items(items, out);
      case Value.Dict(Map<Value, Value> entries) -> dict(entries, out);
      case Value.Namespace(Map<String, Value> fields) -> {
        Map<Value, Value> entries = new LinkedHashMap<>();
        fields.forEach((name, field) -> entries.put(Value.text(name), field));
        out.add("<Namespace ");
        dict(entries, out);
        out.add(">");
      }
      case Value.LoopVariable _ -> out.add("<loop>");
      case Value.Callable callable -> out.add("<function " + callable.name() + ">");
    }
  }

  private static void items(Value.Items items, Out out) {
    boolean tuple = items.kind().fixed();
    boolean ofDict = items.kind().ofDict();
    out.meter().enter();
    out.add(ofDict ? "dict_" + items.kind().name().toLowerCase(Locale.ROOT) + "(" : "");
    out.add(tuple ? "(" : "[");
    for (int i = 0; i < items.values().size(); i++) {
      out.add(i == 0 ? "" : ", ");
      repr(items.values().get(i), out);
    }
    out.add(tuple ? items.values().size() == 1 ? ",)" : ")" : "]");
    out.add(ofDict ? ")" : "");
    out.meter().leave();
  }

  private static void dict(Map<Value, Value> entries, Out out) {
    out.meter().enter();
    out.add("{");
    boolean first = true;
    for (Map.Entry<Value, Value> entry : entries.entrySet()) {
      out.add(first ? "" : ", ");
      repr(entry.getKey(), out);
      out.add(": ");
      repr(entry.getValue(), out);
      first = false;
    }
    out.add("}");
    out.meter().leave();
  }

  static String integer(BigInteger number) {
    if (number.bitLength() > MAX_BITS) {
      throw new TemplateFailure("an integer has more than 4300 digits");
    }
    return number.toString();
  }

  /// The shortest digits that read back as the same number; an exponent below 1e-4 and from 1e16.
  static String real(double number) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      return Double.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
    }
    if (number == 0) {
      return 1 / number < 0 ? "-0.0" : "0.0";
    }
    BigDecimal decimal = new BigDecimal(Double.toString(number)).stripTrailingZeros();
    int point = decimal.precision() - decimal.scale();
    if (point > -4 && point <= 16) {
      return decimal.scale() <= 0 ? decimal.toPlainString() + ".0" : decimal.toPlainString();
    }
    String digits = decimal.unscaledValue().abs().toString();
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    int exponent = point - 1;
    return (number < 0 ? "-" : "")
        + mantissa
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  /// In single quotes, unless only they occur within.
  private static void quoted(MarkedText text, Out out) {
    String plain = text.toString();
    char quote = plain.indexOf('\'') >= 0 && plain.indexOf('"') < 0 ? '"' : '\'';
    out.add(String.valueOf(quote));
    for (Segment segment : text.segments()) {
      out.add(escaped(segment.text(), quote), segment.userSupplied());
    }
    out.add(String.valueOf(quote));
  }

  private static String escaped(String text, char quote) {
    StringBuilder escaped = new StringBuilder(text.length() + 8);
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '\n' -> escaped.append("\\n");
            case '\r' -> escaped.append("\\r");
            case '\t' -> escaped.append("\\t");
            case '\\' -> escaped.append("\\\\");
            default -> {
              if (c == quote) {
                escaped.append('\\').append(quote);
              } else if (printable(c)) {
                escaped.appendCodePoint(c);
              } else {
                String form = c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x";
                escaped.append(String.format(form, c));
              }
            }
          }
        });
    return escaped.toString();
  }

  private static boolean printable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }

  /// White space as `str.strip` and `str.split` see it.
  static boolean isSpace(char c) {
    return switch (c) {
      case ' ', '\t', '\n', '\r', '\f', 0x0b, 0x1c, 0x1d, 0x1e, 0x1f -> true;
      case 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000 -> true;
      default -> c >= 0x2000 && c <= 0x200a;
    };
  }
}
