package dev.corral.templates.jinja;

import dev.corral.templates.Meter;
import dev.corral.templates.TemplateFailure;
import dev.corral.templates.jinja.Arguments.Bound;
import dev.corral.templates.jinja.Value.Items.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a dict can do.
final class DictMethods {
  private static final Map<String, Method<Value.Dict>> ALL =
      Map.of(
          "items",
              (rendering, self, _) ->
                  new Value.Items(Kind.ITEMS, items(self, rendering.meter).values()),
          "keys", (rendering, self, _) -> view(Kind.KEYS, self.entries().keySet(), rendering.meter),
          "values",
              (rendering, self, _) -> view(Kind.VALUES, self.entries().values(), rendering.meter),
          "get", (_, self, arguments) -> get(self, arguments),
          "copy", DictMethods::copy,
          "update", DictMethods::update,
          "setdefault", DictMethods::setDefault,
          "pop", (_, self, arguments) -> pop(self, arguments),
          "clear",
              (_, self, _) -> {
                self.entries().clear();
                return Value.NONE;
              });

  private DictMethods() {}

  static @Nullable Value find(Value.Dict self, String name) {
    return Method.find(ALL, self, name);
  }

  static Value.Items items(Value.Dict self, Meter meter) {
    meter.entries(3L * self.entries().size());
    List<Value> pairs = new ArrayList<>(self.entries().size());
    self.entries().forEach((key, value) -> pairs.add(Value.Items.tuple(key, value)));
    return Value.Items.list(pairs);
  }

  private static Value view(Kind kind, Collection<Value> values, Meter meter) {
    meter.entries(values.size());
    return new Value.Items(kind, new ArrayList<>(values));
  }

  private static Value get(Value.Dict self, Arguments arguments) {
    Bound given = arguments.bind("get", "key", "default");
    Value found = self.entries().get(Sequences.key(given.require(0)));
    return found == null ? given.value(1, Value.NONE) : found;
  }

  private static Value copy(Rendering rendering, Value.Dict self, Arguments arguments) {
    arguments.bind("copy");
    rendering.meter.entries(self.entries().size());
    return new Value.Dict(new LinkedHashMap<>(self.entries()));
  }

  private static Value update(Rendering rendering, Value.Dict self, Arguments arguments) {
    for (Value more : arguments.positional()) {
      addAll(self.entries(), more, rendering.meter);
    }
    rendering.meter.entries(arguments.named().size());
    arguments.named().forEach((name, value) -> self.entries().put(Value.text(name), value));
    return Value.NONE;
  }

  private static Value setDefault(Rendering rendering, Value.Dict self, Arguments arguments) {
    Bound given = arguments.bind("setdefault", "key", "default");
    rendering.meter.entries(1);
    return self.entries()
        .computeIfAbsent(Sequences.key(given.require(0)), _ -> given.value(1, Value.NONE));
  }

  private static Value pop(Value.Dict self, Arguments arguments) {
    Bound given = arguments.bind("pop", "key", "default");
    Value removed = self.entries().remove(Sequences.key(given.require(0)));
    Value found = removed == null ? given.find(1) : removed;
    if (found == null) {
      throw new TemplateFailure("'pop' finds no such key");
    }
    return found;
  }

  /// Puts the entries of a dict, or a list of pairs, into `entries`.
  static void addAll(Map<Value, Value> entries, Value more, Meter meter) {
    if (more instanceof Value.Dict(Map<Value, Value> others)) {
      meter.entries(others.size());
      entries.putAll(others);
      return;
    }
    for (Value pair : Sequences.copy(more, meter)) {
      List<Value> parts = Sequences.iterate(pair, meter);
      if (parts.size() != 2) {
        throw new TemplateFailure("a dict is made of pairs, not of " + parts.size() + " values");
      }
      entries.put(Sequences.key(parts.get(0)), parts.get(1));
    }
  }
}
