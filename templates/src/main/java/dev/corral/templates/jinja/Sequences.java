package dev.corral.templates.jinja;

import dev.corral.templates.MarkedText;
import dev.corral.templates.Meter;
import dev.corral.templates.Out;
import dev.corral.templates.TemplateFailure;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Going through values, picking from them, slicing them.
final class Sequences {
  private Sequences() {}

  /// What a loop over the value sees: entries of a list (live: a loop sees what its body appends),
  /// names of a dict, characters of a text, nothing of what is undefined.
  static List<Value> iterate(Value value, Meter meter) {
    return switch (value) {
      case Value.Items items -> values(items);
      case Value.Dict(Map<Value, Value> entries) -> {
        meter.entries(entries.size());
        yield new ArrayList<>(entries.keySet());
      }
      case Value.Text(MarkedText text) -> characters(text, meter);
      case Value.Undefined _ -> List.of();
      default -> throw new TemplateFailure("a " + Kinds.of(value) + " cannot be iterated");
    };
  }

  /// The entries; a stream gives them once.
  static List<Value> values(Value.Items items) {
    if (items.kind() != Value.Items.Kind.STREAM) {
      return items.values();
    }
    List<Value> values = new ArrayList<>(items.values());
    items.values().clear();
    return values;
  }

  /// A list of its own with what a loop over the value sees.
  static List<Value> copy(Value value, Meter meter) {
    List<Value> seen = iterate(value, meter);
    meter.entries(seen.size());
    return new ArrayList<>(seen);
  }

  private static List<Value> characters(MarkedText text, Meter meter) {
    meter.entries(text.codePoints());
    List<Value> characters = new ArrayList<>(text.codePoints());
    int at = 0;
    while (at < text.length()) {
      int next = at + Character.charCount(text.toString().codePointAt(at));
      characters.add(new Value.Text(text.slice(at, next)));
      at = next;
    }
    return characters;
  }

  static boolean isStream(Value value) {
    return value instanceof Value.Items(Value.Items.Kind kind, var _)
        && kind == Value.Items.Kind.STREAM;
  }

  /// The number of entries; null where the value has none.
  static @Nullable Integer length(Value value) {
    return switch (value) {
      case Value.Text(MarkedText text) -> text.codePoints();
      case Value.Items(var _, List<Value> values) -> values.size();
      case Value.Dict(Map<Value, Value> entries) -> entries.size();
      case Value.Undefined _ -> 0;
      default -> null;
    };
  }

  /// The value as the key of a dict.
  ///
  /// @throws TemplateFailure for what can change
  static Value key(Value value) {
    return switch (value) {
      case Value.Text _, Value.Int _, Value.Real _, Value.Bool _, Value.None _ -> value;
      case Value.Items(Value.Items.Kind kind, List<Value> values)
          when kind.fixed() && values.stream().noneMatch(Value.Items.class::isInstance) -> {
        values.forEach(Sequences::key);
        yield value;
      }
      default -> throw new TemplateFailure("a " + Kinds.of(value) + " cannot be a key");
    };
  }

  /// The entry at an index, from the end where it is negative; null where there is none.
  static @Nullable Value at(Value target, BigInteger index) {
    Integer length = length(target);
    if (length == null || isStream(target) || index.bitLength() > 31) {
      return null;
    }
    int i = index.intValue() < 0 ? index.intValue() + length : index.intValue();
    if (i < 0 || i >= length) {
      return null;
    }
    return switch (target) {
      case Value.Items(var _, List<Value> values) -> values.get(i);
      case Value.Text(MarkedText text) ->
          new Value.Text(text.slice(text.offset(i), text.offset(i + 1)));
      default -> null;
    };
  }

  /// `target[from:to:step]`; each bound may be none.
  static Value slice(Value target, Value from, Value to, Value step, Meter meter) {
    if (target instanceof Value.Undefined(String what)) {
      throw new TemplateFailure("'" + what + "' is undefined");
    }
    Integer length = target instanceof Value.Dict ? null : length(target);
    if (length == null || isStream(target)) {
      return new Value.Undefined("a slice of a " + Kinds.of(target));
    }
    int stride = bound(step, 1, Integer.MAX_VALUE);
    if (stride == 0) {
      throw new TemplateFailure("the step of a slice is zero");
    }
    boolean up = stride > 0;
    int start = clamp(bound(from, up ? 0 : length - 1, length), length, up);
    int end = from(to, up ? length : -1, length, up);
    if (stride == 1 && target instanceof Value.Text(MarkedText text)) {
      int first = text.offset(Math.min(start, Math.max(end, start)));
      MarkedText part = text.slice(first, text.offset(Math.max(end, start)));
      meter.text(part.length());
      return new Value.Text(part);
    }
    List<Value> source =
        target instanceof Value.Items items ? values(items) : iterate(target, meter);
    List<Value> picked = new ArrayList<>();
    for (long i = start; up ? i < end : i > end; i += stride) {
      picked.add(source.get((int) i));
    }
    meter.entries(picked.size());
    if (target instanceof Value.Items(Value.Items.Kind kind, var _)) {
      return new Value.Items(kind, picked);
    }
    Out out = new Out(meter);
    picked.forEach(character -> PythonText.print(character, out));
    return Value.of(out);
  }

  private static int from(Value to, int missing, int length, boolean up) {
    return to instanceof Value.None ? missing : clamp(bound(to, missing, length), length, up);
  }

  /// An index as Python's slices take it: counted from the end where negative, and within the text.
  private static int clamp(int index, int length, boolean up) {
    int i = index < 0 ? index + length : index;
    return Math.max(up ? 0 : -1, Math.min(i, up ? length : length - 1));
  }

  private static int bound(Value value, int missing, int most) {
    if (value instanceof Value.None) {
      return missing;
    }
    BigInteger number = Operators.integer(value);
    if (number == null) {
      throw Operators.undefinedOr(value, value, "a slice needs integers, not a " + Kinds.of(value));
    }
    BigInteger limit = BigInteger.valueOf(most);
    return number.min(limit).max(limit.negate().subtract(BigInteger.ONE)).intValue();
  }
}
