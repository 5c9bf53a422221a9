package dev.corral.gateway;

import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/// Watches the bodies that are being read on one event loop. One timer for all of them: a timer for
/// each request would cost more than all other policies together.
final class SlowSenders {
  private static final long LOOK_EVERY_MILLIS = 10_000;

  /// A body must grow by this much between two looks (1 KiB/s); the first look is free.
  private static final long LEAST_BYTES = 10 * 1024;

  private final Map<Exchange, Long> seen = new HashMap<>();

  SlowSenders(Vertx vertx) {
    vertx.setPeriodic(LOOK_EVERY_MILLIS, _ -> look());
  }

  void watch(Exchange exchange) {
    seen.put(exchange, -LEAST_BYTES);
  }

  void forget(Exchange exchange) {
    seen.remove(exchange);
  }

  private void look() {
    Map<Exchange, Long> slow = new HashMap<>();
    for (Iterator<Map.Entry<Exchange, Long>> all = seen.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<Exchange, Long> one = all.next();
      long now = one.getKey().bodyLength();
      if (now - one.getValue() < LEAST_BYTES) {
        slow.put(one.getKey(), now);
        all.remove();
      } else {
        one.setValue(now);
      }
    }
    slow.keySet().forEach(Exchange::tooSlow);
  }
}
