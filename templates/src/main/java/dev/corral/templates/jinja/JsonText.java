package dev.corral.templates.jinja;

import dev.corral.templates.Json;
import dev.corral.templates.Limits;
import dev.corral.templates.MarkedText;
import dev.corral.templates.Meter;
import dev.corral.templates.Out;
import dev.corral.templates.Segment;
import dev.corral.templates.TemplateFailure;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// JSON as Python's `json.dumps` writes it.
///
/// @param indent what each level adds; null for one line
/// @param ascii true to escape everything beyond ASCII
record JsonText(
    @Nullable MarkedText indent,
    MarkedText comma,
    MarkedText colon,
    boolean ascii,
    boolean sorted) {

  private static final JsonText USUAL =
      new JsonText(null, MarkedText.trusted(", "), MarkedText.trusted(": "), false, false);

  /// One line, with a blank behind commas and colons.
  static Json.Text of(Json json) {
    Meter meter = new Meter(Limits.USUAL);
    Out out = new Out(meter);
    USUAL.write(Value.from(json, meter), out);
    return new Json.Text(out.marked());
  }

  void write(Value value, Out out) {
    write(value, 0, out);
  }

  private void write(Value value, int level, Out out) {
    switch (value) {
      case Value.Text(MarkedText text) -> string(text, out);
      case Value.Int(BigInteger number) -> out.add(PythonText.integer(number));
      case Value.Real(double number) -> out.add(real(number));
      case Value.Bool(boolean truth) -> out.add(truth ? "true" : "false");
      case Value.None _ -> out.add("null");
      case Value.Items items -> items(items, level, out);
      case Value.Dict(Map<Value, Value> entries) -> dict(entries, level, out);
      case Value.Undefined(String what) ->
          throw new TemplateFailure("'" + what + "' is undefined, so it cannot be written as JSON");
      case Value.Namespace _, Value.LoopVariable _, Value.Callable _ ->
          throw new TemplateFailure("a " + Kinds.of(value) + " cannot be written as JSON");
    }
  }

  private void items(Value.Items items, int level, Out out) {
    if (items.values().isEmpty()) {
      out.add("[]");
      return;
    }
    out.meter().enter();
    out.add("[");
    boolean first = true;
    for (Value item : items.values()) {
      separate(first, level + 1, out);
      write(item, level + 1, out);
      first = false;
    }
    close("]", level, out);
  }

  private void dict(Map<Value, Value> entries, int level, Out out) {
    if (entries.isEmpty()) {
      out.add("{}");
      return;
    }
    out.meter().enter();
    out.add("{");
    boolean first = true;
    for (Map.Entry<Value, Value> entry : ordered(entries.entrySet())) {
      separate(first, level + 1, out);
      string(key(entry.getKey()), out);
      out.add(colon);
      write(entry.getValue(), level + 1, out);
      first = false;
    }
    close("}", level, out);
  }

  private Collection<Map.Entry<Value, Value>> ordered(Collection<Map.Entry<Value, Value>> entries) {
    if (!sorted) {
      return entries;
    }
    List<Map.Entry<Value, Value>> ordered = new ArrayList<>(entries);
    ordered.sort(Comparator.comparing(entry -> key(entry.getKey()).toString()));
    return ordered;
  }

  private static MarkedText key(Value key) {
    return switch (key) {
      case Value.Text(MarkedText text) -> text;
      case Value.Int(BigInteger number) -> MarkedText.trusted(PythonText.integer(number));
      case Value.Real(double number) -> MarkedText.trusted(real(number));
      case Value.Bool(boolean truth) -> MarkedText.trusted(truth ? "true" : "false");
      case Value.None _ -> MarkedText.trusted("null");
      default -> throw new TemplateFailure("a " + Kinds.of(key) + " cannot be a name in JSON");
    };
  }

  private void separate(boolean first, int level, Out out) {
    if (!first) {
      out.add(comma);
    }
    line(level, out);
  }

  private void close(String bracket, int level, Out out) {
    line(level, out);
    out.add(bracket);
    out.meter().leave();
  }

  private void line(int level, Out out) {
    if (indent != null) {
      out.add("\n").repeat(indent, level);
    }
  }

  private static String real(double number) {
    return Double.isNaN(number)
        ? "NaN"
        : Double.isInfinite(number)
            ? number > 0 ? "Infinity" : "-Infinity"
            : PythonText.real(number);
  }

  private void string(MarkedText text, Out out) {
    out.add("\"");
    if (clean(text.toString())) {
      out.add(text);
    } else {
      for (Segment segment : text.segments()) {
        out.add(escaped(segment.text()), segment.userSupplied());
      }
    }
    out.add("\"");
  }

  private boolean clean(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c == '"' || c == '\\' || (ascii && c > '~')) {
        return false;
      }
    }
    return true;
  }

  private String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> escaped.append("\\\"");
        case '\\' -> escaped.append("\\\\");
        case '\n' -> escaped.append("\\n");
        case '\r' -> escaped.append("\\r");
        case '\t' -> escaped.append("\\t");
        case '\f' -> escaped.append("\\f");
        case '\b' -> escaped.append("\\b");
        default -> {
          if (c < ' ' || (ascii && c > '~')) {
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
