package dev.corral.templates.jinja;

import dev.corral.templates.TemplateFailure;
import dev.corral.templates.jinja.Arguments.Bound;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a list can do; of this a tuple can only look.
final class ListMethods {
  private static final Map<String, Method<Value.Items>> LOOKING =
      Map.of(
          "index", ListMethods::index,
          "count", ListMethods::count,
          "copy", (rendering, self, _) -> Value.Items.list(Sequences.copy(self, rendering.meter)));

  private static final Map<String, Method<Value.Items>> CHANGING =
      Map.of(
          "append", (rendering, self, arguments) -> insert(rendering, self, arguments, true),
          "insert", (rendering, self, arguments) -> insert(rendering, self, arguments, false),
          "extend", ListMethods::extend,
          "pop", (_, self, arguments) -> pop(self, arguments),
          "remove",
              (rendering, self, arguments) -> {
                self.values().remove(position(rendering, self, arguments, "remove"));
                return Value.NONE;
              },
          "sort", ListMethods::sort,
          "reverse",
              (_, self, _) -> {
                Collections.reverse(self.values());
                return Value.NONE;
              },
          "clear",
              (_, self, _) -> {
                self.values().clear();
                return Value.NONE;
              });

  /// How the entries of a group are called.
  private static final List<String> GROUP = List.of("grouper", "list");

  private ListMethods() {}

  static @Nullable Value find(Value.Items self, String name) {
    return switch (self.kind()) {
      case LIST -> {
        Value looking = Method.find(LOOKING, self, name);
        yield looking == null ? Method.find(CHANGING, self, name) : looking;
      }
      case TUPLE -> Method.find(LOOKING, self, name);
      case GROUP -> {
        int named = GROUP.indexOf(name);
        yield named < 0 ? Method.find(LOOKING, self, name) : self.values().get(named);
      }
      case STREAM, ITEMS, KEYS, VALUES -> null;
    };
  }

  private static Value insert(
      Rendering rendering, Value.Items self, Arguments arguments, boolean atEnd) {
    rendering.meter.entries(1);
    List<Value> values = self.values();
    if (atEnd) {
      values.add(arguments.bind("append", "object").require(0));
    } else {
      Bound given = arguments.bind("insert", "index", "object");
      int index = given.integer(0, 0);
      int position =
          index < 0 ? Math.max(0, index + values.size()) : Math.min(index, values.size());
      values.add(position, given.require(1));
    }
    return Value.NONE;
  }

  private static Value extend(Rendering rendering, Value.Items self, Arguments arguments) {
    self.values()
        .addAll(Sequences.copy(arguments.bind("extend", "iterable").require(0), rendering.meter));
    return Value.NONE;
  }

  private static Value pop(Value.Items self, Arguments arguments) {
    int index = arguments.bind("pop", "index").integer(0, -1);
    List<Value> values = self.values();
    Value removed = Sequences.at(self, BigInteger.valueOf(index));
    if (removed == null) {
      throw new TemplateFailure("'pop' has no entry " + index + " among " + values.size());
    }
    values.remove(index < 0 ? index + values.size() : index);
    return removed;
  }

  private static Value sort(Rendering rendering, Value.Items self, Arguments arguments) {
    boolean reverse = arguments.bind("sort", "reverse").flag(0);
    rendering.meter.entries(self.values().size());
    self.values()
        .sort((a, b) ->
            reverse
                ? Operators.order(b, a, rendering.meter, "sort")
                : Operators.order(a, b, rendering.meter, "sort"));
    return Value.NONE;
  }

  private static Value index(Rendering rendering, Value.Items self, Arguments arguments) {
    return Value.of((long) position(rendering, self, arguments, "index"));
  }

  private static int position(
      Rendering rendering, Value.Items self, Arguments arguments, String method) {
    Value sought = arguments.bind(method, "value").require(0);
    for (int i = 0; i < self.values().size(); i++) {
      rendering.meter.step();
      if (Operators.equal(self.values().get(i), sought, rendering.meter)) {
        return i;
      }
    }
    throw new TemplateFailure("'" + method + "' does not find the value in the list");
  }

  private static Value count(Rendering rendering, Value.Items self, Arguments arguments) {
    Value sought = arguments.bind("count", "value").require(0);
    long count = 0;
    for (Value value : new ArrayList<>(self.values())) {
      rendering.meter.step();
      count += Operators.equal(value, sought, rendering.meter) ? 1 : 0;
    }
    return Value.of(count);
  }
}
