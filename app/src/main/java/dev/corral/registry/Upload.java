package dev.corral.registry;

import dev.corral.model.Digest;
import dev.corral.outbound.Ask;
import dev.corral.outbound.Leash;
import dev.corral.outbound.Response;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;
import java.util.function.LongConsumer;

/// Sends one blob in chunks: begun with a POST, continued with PATCHes that each name their range,
/// ended with a PUT that names the digest. A chunk that fails is sent again. For one thread.
///
/// Source: reference/ollama.md section 6.
final class Upload {
  /// What a broken connection costs at most.
  private static final long CHUNK = 64L << 20;

  private static final int MOST_TRIES = 4;
  private static final int BUFFER = 256 * 1024;

  private final Door door;
  private final Troubles troubles;
  private final Leash leash;
  private final FileChannel file;
  private final long size;
  private final LongConsumer sent;

  /// @param sent told the bytes sent so far
  Upload(
      Door door, Troubles troubles, Leash leash, FileChannel file, long size, LongConsumer sent) {
    this.door = door;
    this.troubles = troubles;
    this.leash = leash;
    this.file = file;
    this.size = size;
    this.sent = sent;
  }

  /// Where the next bytes go; or what went wrong.
  private sealed interface Step {}

  private record At(URI place) implements Step {}

  private record Wrong(Trouble trouble) implements Step {}

  private record Done() implements Step {}

  /// @param begin where an upload is asked for
  Pushed send(URI begin, Digest digest) {
    Step step = step(door.send(post(begin)), true);
    for (long at = 0; at < size && step instanceof At; at += CHUNK) {
      step = chunk(((At) step).place(), at, Math.min(size, at + CHUNK));
    }
    return switch (step) {
      case Wrong wrong -> wrong.trouble();
      case Done _ -> new Pushed.There();
      case At last -> end(last.place(), digest);
    };
  }

  private Ask post(URI uri) {
    return Ask.get(uri).method("POST").sending(new Nothing()).on(leash);
  }

  private Pushed end(URI place, Digest digest) {
    String mark = place.getRawQuery() == null ? "?" : "&";
    URI uri = URI.create(place + mark + "digest=" + digest);
    return door.push(Ask.get(uri).method("PUT").sending(new Nothing()).on(leash));
  }

  private Step chunk(URI place, long from, long to) {
    Ask ask =
        Ask.get(place)
            .method("PATCH")
            .with("Content-Type", "application/octet-stream")
            .with("Content-Range", from + "-" + (to - 1))
            .sending(new Slice(from, to))
            .on(leash);
    Step step = step(door.send(ask), false);
    for (int tries = 1; tries < MOST_TRIES && again(step); tries++) {
      step = step(door.send(ask), false);
    }
    return step;
  }

  private boolean again(Step step) {
    return step instanceof Wrong wrong && wrong.trouble().passing() && !leash.isCut();
  }

  /// @param first it answers the question for an upload, not a chunk
  private Step step(Door.Sent sent, boolean first) {
    return switch (sent) {
      case Trouble trouble -> new Wrong(trouble);
      case Door.Answered answered -> {
        try (Response response = answered.response()) {
          yield step(response, first);
        }
      }
    };
  }

  private Step step(Response response, boolean first) {
    int status = response.status();
    if (first && status == 201) {
      return new Done(); // mounted from another model; of a chunk it is but another 202
    }
    Optional<URI> next =
        response
            .header("docker-upload-location")
            .or(() -> response.header("location"))
            .flatMap(text -> resolved(response.uri(), text));
    if (status / 100 != 2) {
      return new Wrong(troubles.ofPush(response));
    }
    return next.isPresent()
        ? new At(next.get())
        : new Wrong(troubles.wrong("it takes an upload without saying where"));
  }

  private static Optional<URI> resolved(URI from, String text) {
    try {
      return Optional.of(from.resolve(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private record Nothing() implements Ask.Payload {
    @Override
    public long length() {
      return 0;
    }

    @Override
    public void writeTo(OutputStream sink) {}
  }

  /// A part of the file, written as it is read.
  private final class Slice implements Ask.Payload {
    private final long from;
    private final long to;

    Slice(long from, long to) {
      this.from = from;
      this.to = to;
    }

    @Override
    public long length() {
      return to - from;
    }

    @Override
    public void writeTo(OutputStream sink) throws IOException {
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
      WritableByteChannel out = Channels.newChannel(sink);
      long at = from;
      while (at < to) {
        buffer.clear().limit((int) Math.min(BUFFER, to - at));
        int count = file.read(buffer, at);
        if (count < 0) {
          throw new IOException("the file is shorter than it was");
        }
        int _ = out.write(buffer.flip());
        at += count;
        sent.accept(at);
      }
    }
  }
}
