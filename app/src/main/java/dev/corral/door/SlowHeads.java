package dev.corral.door;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/// Watches the connections of one event loop for requests whose head has begun and does not end: a
/// few bytes now and then would keep a connection for ever. One timer for all of them, and nothing
/// to do for each request but a mark at its connection. A connection on which nothing has begun may
/// wait as long as its client likes.
final class SlowHeads {
  /// A head that is not whole at the third look in a row has had ten seconds at least.
  static final int LOOKS = 3;

  private static final long LOOK_EVERY_MILLIS = 5_000;

  private final Set<Head> open = Collections.newSetFromMap(new IdentityHashMap<>());

  /// What one connection is reading.
  interface Head {
    /// @return how many looks in a row, this one too, found the same head begun and not whole
    int looked();

    /// Ends the connection.
    void tooSlow();
  }

  /// The same, looking by itself on the current event loop.
  SlowHeads every(Vertx vertx) {
    vertx.setPeriodic(LOOK_EVERY_MILLIS, _ -> look());
    return this;
  }

  void watch(Head connection) {
    open.add(connection);
  }

  void forget(Head connection) {
    open.remove(connection);
  }

  /// Once in five seconds.
  void look() {
    List<Head> slow = new ArrayList<>();
    for (Head one : open) {
      if (one.looked() >= LOOKS) {
        slow.add(one);
      }
    }
    slow.forEach(Head::tooSlow);
  }
}
