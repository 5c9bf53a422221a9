package dev.corral.pull;

import dev.corral.blobs.Partial;
import dev.corral.blobs.StoreFailure;
import dev.corral.model.Layer;
import dev.corral.pull.Pieces.Claim;
import dev.corral.registry.Ranged;
import dev.corral.registry.Trouble;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.LongConsumer;

/// One of the connections that fetch a blob: claims a range, asks for it, writes what comes, and
/// goes on until nothing is left. On a virtual thread of its own.
final class Connection implements Runnable {
  private static final System.Logger LOG = System.getLogger(Connection.class.getName());
  private static final int BUFFER = 256 * 1024;

  private static final Trouble MISTAKE =
      new Trouble(
          Trouble.Kind.WRONG,
          "Corral made a mistake with what the registry answered",
          "See: corral logs",
          Optional.empty());

  private final Source source;
  private final Partial partial;
  private final Layer layer;
  private final Pieces pieces;
  private final FetchSettings settings;
  private final Backoff backoff;
  private final Throttle throttle;
  private final Stop stop;
  private final LongConsumer progress;
  private final boolean first;
  private final byte[] buffer = new byte[BUFFER];

  Connection(
      Source source,
      Partial partial,
      Layer layer,
      Pieces pieces,
      FetchSettings settings,
      Backoff backoff,
      Throttle throttle,
      Stop stop,
      LongConsumer progress,
      boolean first) {
    this.source = source;
    this.partial = partial;
    this.layer = layer;
    this.pieces = pieces;
    this.settings = settings;
    this.backoff = backoff;
    this.throttle = throttle;
    this.stop = stop;
    this.progress = progress;
    this.first = first;
  }

  @Override
  public void run() {
    Optional<Claim> claim = pieces.claim(first);
    while (claim.isPresent()) {
      try {
        transfer(claim.get());
      } catch (RuntimeException e) {
        // Without its connections a blob would be waited for until the end of days.
        LOG.log(System.Logger.Level.ERROR, "A connection of a pull failed", e);
        pieces.fail(MISTAKE);
      } finally {
        pieces.leave(claim.get());
      }
      claim = pieces.claim(first);
    }
  }

  private void transfer(Claim claim) {
    if (!backoff.awaitTurn(stop)) {
      pieces.end();
      return;
    }
    switch (source.range(layer, claim.from(), claim.to() - 1)) {
      case Trouble trouble -> failed(trouble);
      case Ranged.Part part -> {
        try (part) {
          take(part, claim);
        } catch (IOException e) {
          failed(
              new Trouble(
                  Trouble.Kind.AWAY,
                  "the connection to the registry breaks off or stands still",
                  "Try again later.",
                  Optional.empty()));
        } catch (StoreFailure e) {
          pieces.fail(e);
        }
      }
    }
  }

  private void failed(Trouble trouble) {
    if (stop.asked()) {
      pieces.end();
    } else if (!backoff.failed(trouble)) {
      pieces.fail(trouble);
    }
  }

  private void take(Ranged.Part part, Claim claim) throws IOException, StoreFailure {
    if (!part.whole()) {
      pieces.knowsRanges();
    } else if (claim.to() - claim.from() < layer.size() && !pieces.takeAll(claim)) {
      return;
    }
    InputStream in = part.bytes();
    in.skipNBytes(claim.from() - part.from());
    Pulse pulse = new Pulse(settings);
    while (claim.at() < claim.to() && !pieces.ended()) {
      int count = in.read(buffer, 0, (int) Math.min(BUFFER, claim.to() - claim.at()));
      if (count < 0) {
        throw new IOException("it ended early");
      }
      partial.write(ByteBuffer.wrap(buffer, 0, count), claim.at());
      pieces.wrote(claim, count);
      backoff.came();
      progress.accept(pieces.bytesDone());
      pulse.came(count);
      throttle.take(count, stop);
    }
  }

  /// Tells a connection that lives from one that drips.
  private static final class Pulse {
    private final FetchSettings settings;
    private long since = System.nanoTime();
    private long bytes;

    Pulse(FetchSettings settings) {
      this.settings = settings;
    }

    void came(int count) throws IOException {
      bytes += count;
      long now = System.nanoTime();
      if (now - since > settings.floorTime().toNanos()) {
        if (bytes < settings.floor() * settings.floorTime().toSeconds()) {
          throw new IOException("it only drips");
        }
        since = now;
        bytes = 0;
      }
    }
  }
}
