package dev.corral.testkit;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Writes the bytes of a blob, with what goes wrong on the way.
final class Outpour {
  private static final int PIECE = 1 << 18;

  /// Slow connections are slow evenly.
  private static final int PIECES_PER_SECOND = 20;

  private final Exchange exchange;
  private final Wire wire;
  private final Content content;
  private final @Nullable Mischief trick;
  private final Predicate<Mischief> inForce;

  Outpour(
      Exchange exchange,
      Wire wire,
      Content content,
      @Nullable Mischief trick,
      Predicate<Mischief> inForce) {
    this.exchange = exchange;
    this.wire = wire;
    this.content = content;
    this.trick = trick;
    this.inForce = inForce;
  }

  /// From `from` up to, but without, `to`.
  void pour(long from, long to) {
    long stop =
        switch (trick) {
          case Mischief.CutAt cut -> Math.min(to, from + cut.bytes());
          case Mischief.StallAt stall -> Math.min(to, from + stall.bytes());
          case null, default -> to;
        };
    long at = from;
    if (from == to) {
      wire.finish(new byte[0]);
      return;
    }
    while (at < stop) {
      byte[] bytes = piece(at, next(at, stop));
      at += bytes.length;
      if (at == to) {
        wire.finish(bytes);
        return;
      }
      wire.write(bytes);
      if (slow()) {
        exchange.pause(Duration.ofSeconds(1).dividedBy(PIECES_PER_SECOND));
      }
    }
    if (trick instanceof Mischief.StallAt) {
      exchange.pause(Fault.FOREVER);
    }
    throw wire.cut(true);
  }

  private boolean slow() {
    return trick instanceof Mischief.Slow
        || (trick instanceof Mischief.Held held && held.bytesPerSecond() < Integer.MAX_VALUE);
  }

  /// How many bytes come next, once they may.
  private int next(long at, long stop) {
    long most =
        switch (trick) {
          case Mischief.Slow slow -> slow.bytesPerSecond() / PIECES_PER_SECOND;
          case Mischief.Held held -> {
            exchange.pauseWhile(() -> at >= held.from() && inForce.test(held));
            long allowed = held.bytesPerSecond() / PIECES_PER_SECOND;
            yield at < held.from() ? Math.min(allowed, held.from() - at) : allowed;
          }
          case null, default -> PIECE;
        };
    return (int) Math.min(Math.clamp(most, 1, PIECE), stop - at);
  }

  private byte[] piece(long at, int length) {
    int there = (int) Math.max(0, Math.min(length, content.size() - at));
    byte[] bytes = Arrays.copyOf(there == 0 ? new byte[0] : content.slice(at, there), length);
    if (trick instanceof Mischief.Flip flip && flip.offset() >= at && flip.offset() < at + length) {
      bytes[(int) (flip.offset() - at)] ^= 0x01;
    }
    return bytes;
  }
}
