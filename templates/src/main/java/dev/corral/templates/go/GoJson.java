package dev.corral.templates.go;

import dev.corral.templates.MarkedText;
import dev.corral.templates.Out;
import dev.corral.templates.Segment;
import dev.corral.templates.TemplateFailure;
import java.util.Map;

/// JSON as Go's `encoding/json` writes it: compact, and safe within HTML.
final class GoJson {
  private GoJson() {}

  static void write(GoValue value, Out out) {
    switch (value) {
      case GoValue.Nil _ -> out.add("null");
      case GoValue.Bool(boolean truth) -> out.add(String.valueOf(truth));
      case GoValue.Int(long number) -> out.add(String.valueOf(number));
      case GoValue.Real(double number) -> out.add(real(number));
      case GoValue.Text(MarkedText text) -> string(text, out);
      case GoValue.Slice slice -> slice(slice, out);
      case GoValue.Dict dict -> dict(dict, out);
      case GoValue.Struct struct -> struct(struct, out);
    }
  }

  /// An exponent below 1e-6 and from 1e21.
  private static String real(double number) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      throw new TemplateFailure("JSON has no " + GoText.real(number));
    }
    return GoText.real(number, -6, 21, 1);
  }

  private static void slice(GoValue.Slice slice, Out out) {
    if (slice.nil()) {
      out.add("null");
      return;
    }
    if (slice.form() == GoValue.Form.ONE_OR_MANY && slice.items().size() == 1) {
      write(slice.items().getFirst(), out);
      return;
    }
    out.meter().enter();
    out.add("[");
    for (int i = 0; i < slice.items().size(); i++) {
      out.add(i == 0 ? "" : ",");
      write(slice.items().get(i), out);
    }
    out.add("]");
    out.meter().leave();
  }

  private static void dict(GoValue.Dict dict, Out out) {
    if (dict.nil()) {
      out.add("null");
      return;
    }
    out.meter().enter();
    out.add("{");
    boolean first = true;
    for (Map.Entry<String, GoValue> entry : dict.entries().entrySet()) {
      out.add(first ? "" : ",");
      string(MarkedText.user(entry.getKey()), out);
      out.add(":");
      write(entry.getValue(), out);
      first = false;
    }
    out.add("}");
    out.meter().leave();
  }

  private static void struct(GoValue.Struct struct, Out out) {
    out.meter().enter();
    out.add("{");
    boolean first = true;
    for (GoValue.Field field : struct.fields()) {
      boolean shown =
          !field.omitEmpty()
              || field.value() instanceof GoValue.Struct
              || GoValue.isTrue(field.value());
      if (shown) {
        out.add(first ? "\"" : ",\"").add(field.json()).add("\":");
        write(field.value(), out);
        first = false;
      }
    }
    out.add("}");
    out.meter().leave();
  }

  private static void string(MarkedText text, Out out) {
    out.add("\"");
    for (Segment segment : text.segments()) {
      out.add(escaped(segment.text()), segment.userSupplied());
    }
    out.add("\"");
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> escaped.append("\\\"");
        case '\\' -> escaped.append("\\\\");
        case '\n' -> escaped.append("\\n");
        case '\r' -> escaped.append("\\r");
        case '\t' -> escaped.append("\\t");
        case '\b' -> escaped.append("\\b");
        case '\f' -> escaped.append("\\f");
        case '<', '>', '&', 0x2028, 0x2029 -> escaped.append(String.format("\\u%04x", (int) c));
        default -> {
          if (c < ' ') {
            escaped.append(String.format("\\u%04x", (int) c));
          } else {
            escaped.append(c);
          }
        }
      }
    }
    return escaped.toString();
  }
}
