package dev.corral.templates.jinja;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a kind of value can do.
interface Method<T extends Value> {
  Value apply(Rendering rendering, T self, Arguments arguments);

  /// The method with this name, bound to its value; null where there is none.
  static <T extends Value> @Nullable Value find(
      Map<String, Method<T>> methods, T self, String name) {
    Method<T> method = methods.get(name);
    return method == null ? null : new Bound<>(name, self, method);
  }

  record Bound<T extends Value>(String name, T self, Method<T> method) implements Value.Callable {
    @Override
    public Value call(Rendering rendering, Arguments arguments) {
      return method.apply(rendering, self, arguments);
    }
  }
}
