package dev.corral.limit;

import java.util.concurrent.atomic.AtomicLong;

/// Bytes that may be held at once, over all callers. What was taken must be given back.
public final class Budget {
  private final AtomicLong held = new AtomicLong();
  private volatile long most;

  public Budget(long most) {
    this.most = most;
  }

  /// A changed configuration. What is held already stays held.
  public void allow(long most) {
    this.most = most;
  }

  /// True where `bytes` more were free; they are taken then.
  public boolean tryTake(long bytes) {
    if (held.addAndGet(bytes) > most) {
      held.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  public void giveBack(long bytes) {
    held.addAndGet(-bytes);
  }

  public long held() {
    return held.get();
  }
}
