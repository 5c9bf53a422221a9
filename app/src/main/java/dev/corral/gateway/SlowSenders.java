package dev.corral.gateway;

import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/// Watches the bodies that are being read on one event loop. One timer for all of them: a timer for
/// each request would cost more than all other policies together.
///
/// @param <T> whose body it is
final class SlowSenders<T> {
  private static final long LOOK_EVERY_MILLIS = 10_000;

  /// A body must grow by this much between two looks (1 KiB/s); the first look is free.
  private static final long LEAST_BYTES = 10 * 1024;

  private final Map<T, Long> seen = new HashMap<>();

  private final ToLongFunction<T> length;
  private final Consumer<T> tooSlow;

  /// @param length bytes of a body that have come so far
  /// @param tooSlow told once of each whose body comes too slowly, which is then forgotten
  SlowSenders(ToLongFunction<T> length, Consumer<T> tooSlow) {
    this.length = length;
    this.tooSlow = tooSlow;
  }

  /// The same, looking by itself on the current event loop.
  SlowSenders<T> every(Vertx vertx) {
    vertx.setPeriodic(LOOK_EVERY_MILLIS, _ -> look());
    return this;
  }

  void watch(T exchange) {
    seen.put(exchange, -LEAST_BYTES);
  }

  void forget(T exchange) {
    seen.remove(exchange);
  }

  /// Once in ten seconds.
  void look() {
    Map<T, Long> slow = new HashMap<>();
    for (Iterator<Map.Entry<T, Long>> all = seen.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<T, Long> one = all.next();
      long now = length.applyAsLong(one.getKey());
      if (now - one.getValue() < LEAST_BYTES) {
        slow.put(one.getKey(), now);
        all.remove();
      } else {
        one.setValue(now);
      }
    }
    slow.keySet().forEach(tooSlow);
  }
}
