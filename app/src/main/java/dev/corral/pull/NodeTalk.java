package dev.corral.pull;

import dev.corral.ollama.PullLine;
import dev.corral.ollama.PullLines;
import dev.corral.upstream.CallFailed;
import dev.corral.upstream.Failure;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The one listener that keeps a node's pull alive: hears it to its end, and ends it where it
/// stands still. For one try.
final class NodeTalk {
  private final PullLines lines;
  private final NodeShares shares;
  private final NodePatience patience;
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile PullState phase = PullState.RESOLVING;
  private volatile long lastNews = System.nanoTime();
  private volatile boolean stalled;
  private volatile boolean grew;
  private volatile boolean heard;

  NodeTalk(PullLines lines, NodeShares shares, NodePatience patience) {
    this.lines = lines;
    this.shares = shares;
    this.patience = patience;
  }

  /// What listening came to.
  sealed interface End {
    /// The node says that it is done.
    record Success() implements End {}

    /// The node gave up.
    record GaveUp(String words) implements End {}

    /// No byte more for so long that we ended it.
    record Stalled() implements End {}

    /// @param connected false where the node could not even be reached
    record Lost(String why, boolean connected) implements End {}
  }

  PullState phase() {
    return phase;
  }

  long silence() {
    return System.nanoTime() - lastNews;
  }

  /// Whether this try brought bytes that no try before had.
  boolean grew() {
    return grew;
  }

  /// Whether the node said a single word: it had begun.
  boolean heard() {
    return heard;
  }

  End listen() {
    Thread.ofVirtual().name("pull watch").start(this::watch);
    try (lines) {
      Optional<PullLine> line = lines.next();
      while (line.isPresent()) {
        PullLine one = line.get();
        heard = true;
        if (!one.error().isEmpty()) {
          return new End.GaveUp(one.error());
        }
        take(one);
        if (one.status().equals("success")) {
          return new End.Success();
        }
        line = lines.next();
      }
      return ended("it ended without saying that it is done");
    } catch (CallFailed e) {
      boolean asked =
          switch (e.failure()) {
            case Failure.NotConnected _, Failure.NotSent _ -> false;
            case Failure.NoAnswer _, Failure.Cut _ -> true;
          };
      return stalled ? new End.Stalled() : new End.Lost(e.failure().why(), asked);
    } catch (IOException e) {
      return ended(String.valueOf(e.getMessage()));
    } finally {
      over.countDown();
    }
  }

  private End ended(String why) {
    return stalled ? new End.Stalled() : new End.Lost(why, true);
  }

  private void take(PullLine line) {
    PullState before = phase;
    phase = phase(line, before);
    if (phase == PullState.VERIFYING && before != phase) {
      shares.whole();
    }
    NodeShares.News news = shares.take(line);
    grew |= news == NodeShares.News.NEW;
    if (news != NodeShares.News.NONE || phase != before) {
      lastNews = System.nanoTime();
    }
  }

  /// `pulling manifest`, then blobs, then a silent verification, then the names.
  private static PullState phase(PullLine line, PullState before) {
    String status = line.status();
    if (status.startsWith("verifying")) {
      return PullState.VERIFYING;
    }
    if (status.startsWith("writing") || status.startsWith("removing")) {
      return PullState.PUBLISHING;
    }
    return line.digest().isPresent() ? PullState.PULLING : before;
  }

  /// Counts the silence look by look: while this machine slept, or was too busy to look, nobody
  /// listened either.
  private void watch() {
    long longest = patience.look().toNanos() * 2;
    long looked = System.nanoTime();
    long heardAt = lastNews;
    long quiet = 0;
    try {
      while (!over.await(patience.look().toNanos(), TimeUnit.NANOSECONDS)) {
        long now = System.nanoTime();
        quiet = lastNews == heardAt ? quiet + Math.min(now - looked, longest) : 0;
        heardAt = lastNews;
        looked = now;
        if (quiet > most().toNanos()) {
          stalled = true;
          lines.close();
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Duration most() {
    return switch (phase) {
      case PULLING -> patience.stall();
      case VERIFYING, PUBLISHING -> patience.verifying(shares.total());
      default -> patience.manifest();
    };
  }
}
