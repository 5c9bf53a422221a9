package dev.corral.limit;

import dev.corral.model.Bytes;

/// @param concurrent exchanges at once over all callers; 0 means no cap
/// @param queue how many may wait for a free place before the next one is refused
/// @param body largest request body of an exchange
/// @param bodies all request bodies held at once, over all callers
public record LimitSettings(int concurrent, int queue, Bytes body, Bytes bodies) {
  public static LimitSettings defaults() {
    return new LimitSettings(0, 512, Bytes.mebi(64), Bytes.gibi(1));
  }

  public LimitSettings {
    if (concurrent < 0 || queue < 0) {
      throw new IllegalArgumentException("limits.concurrent and limits.queue cannot be negative");
    }
  }
}
