package dev.corral.templates.jinja;

import dev.corral.templates.Json;
import dev.corral.templates.MarkedText;
import dev.corral.templates.Meter;
import dev.corral.templates.Out;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A value while a template runs: what Python would hold. Lists and dicts can be changed by the
/// template, so every rendering gets its own copy of its input.
sealed interface Value {
  Value NONE = new None();
  Value TRUE = new Bool(true);
  Value FALSE = new Bool(false);
  Value EMPTY_TEXT = new Text(MarkedText.EMPTY);

  record Text(MarkedText text) implements Value {
    int length() {
      return text.length();
    }
  }

  record Int(BigInteger number) implements Value {}

  record Real(double number) implements Value {}

  record Bool(boolean truth) implements Value {}

  record None() implements Value {}

  /// What is not there. It prints nothing and is false; to use it otherwise is an error.
  ///
  /// @param what names it, for that error
  record Undefined(String what) implements Value {}

  /// @param kind what Python would have: it decides the brackets that are printed, and whether an
  ///   empty one is false
  record Items(Kind kind, List<Value> values) implements Value {
    enum Kind {
      LIST,
      TUPLE,
      /// A tuple whose two entries have names too: what `groupby` gives.
      GROUP,
      /// What `map`, `select` and their like give: always true, and read once.
      STREAM,
      /// What a dict's `items()`, `keys()` and `values()` give: to go through, not to pick from.
      ITEMS,
      KEYS,
      VALUES;

      /// Printed with parentheses, without a change.
      boolean fixed() {
        return this == TUPLE || this == GROUP;
      }

      boolean ofDict() {
        return this == ITEMS || this == KEYS || this == VALUES;
      }
    }

    static Items list(List<Value> values) {
      return new Items(Kind.LIST, values);
    }

    static Items tuple(Value... values) {
      return new Items(Kind.TUPLE, List.of(values));
    }

    static Items stream(List<Value> values) {
      return new Items(Kind.STREAM, values);
    }
  }

  /// @param entries keys are text, numbers, truth values, none, or tuples of these
  record Dict(Map<Value, Value> entries) implements Value {
    @Nullable Value find(String key) {
      return entries.get(text(key));
    }
  }

  /// What `namespace(…)` makes: the one thing that an inner scope may assign to.
  record Namespace(Map<String, Value> fields) implements Value {}

  /// What can be called.
  non-sealed interface Callable extends Value {
    /// For error messages.
    String name();

    Value call(Rendering rendering, Arguments arguments);
  }

  /// The variable `loop`.
  record LoopVariable(Loop loop) implements Value {}

  static Text text(String trusted) {
    return new Text(MarkedText.trusted(trusted));
  }

  static Int of(long number) {
    return new Int(BigInteger.valueOf(number));
  }

  static Value of(boolean truth) {
    return truth ? TRUE : FALSE;
  }

  static Text of(Out out) {
    return new Text(out.marked());
  }

  /// A copy of request data; paid for, since it is the template that may keep it.
  static Value from(Json json, Meter meter) {
    return switch (json) {
      case Json.Text(MarkedText text) -> new Text(text);
      case Json.Whole(BigInteger number) -> new Int(number);
      case Json.Real(double number) -> new Real(number);
      case Json.Bool(boolean truth) -> of(truth);
      case Json.Null() -> NONE;
      case Json.Items(List<Json> items) -> {
        meter.entries(items.size());
        List<Value> values = new ArrayList<>(items.size());
        meter.enter();
        for (Json item : items) {
          values.add(from(item, meter));
        }
        meter.leave();
        yield Items.list(values);
      }
      case Json.Fields(Map<String, Json> fields) -> {
        meter.entries(fields.size());
        Map<Value, Value> entries = LinkedHashMap.newLinkedHashMap(fields.size());
        meter.enter();
        for (Map.Entry<String, Json> field : fields.entrySet()) {
          entries.put(new Text(MarkedText.user(field.getKey())), from(field.getValue(), meter));
        }
        meter.leave();
        yield new Dict(entries);
      }
    };
  }
}
