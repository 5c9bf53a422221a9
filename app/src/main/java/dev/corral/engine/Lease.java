package dev.corral.engine;

import dev.corral.upstream.Target;
import dev.corral.wire.Problem;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/// The right to use a runner until closed. Its idle time begins when the last one is closed.
public final class Lease implements Granted, AutoCloseable {
  private final Target target;
  private final Facts facts;
  private final CompletableFuture<Problem> broken;
  private final Runnable release;
  private final AtomicBoolean closed = new AtomicBoolean();

  /// @param target where the runner answers, with its key
  /// @param broken completed when the runner ends, with what to tell whoever still uses it
  /// @param release run once, when the lease is closed
  public Lease(Target target, Facts facts, CompletableFuture<Problem> broken, Runnable release) {
    this.target = target;
    this.facts = facts;
    this.broken = broken;
    this.release = release;
  }

  public Target target() {
    return target;
  }

  public Facts facts() {
    return facts;
  }

  /// Why the runner ended. A connection breaks some milliseconds before the end of its process is
  /// known, so whoever saw it break waits here; empty where the runner lives on.
  public Optional<Problem> awaitBroken(Duration within) {
    try {
      return Optional.of(broken.get(within.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the end of a runner is a value", e);
    }
  }

  /// Harmless a second time.
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release.run();
    }
  }
}
