package dev.corral.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/// Clients that leave: how long until the backend knows.
final class Leaving {
  private static final AtomicLong IDS = new AtomicLong();

  /// Beyond this the backend was never told.
  private static final long PATIENCE_NANOS = 3_000_000_000L;

  /// The phase in which the client leaves.
  enum Phase {
    SILENT_STREAM("silent", true),
    SILENT_WHOLE("silent", false),
    STREAMING("stream-500-20", true);

    private final String model;
    private final boolean stream;

    Phase(String model, boolean stream) {
      this.model = model;
      this.stream = stream;
    }
  }

  private Leaving() {}

  /// @return the times of those clients whose leaving was noticed
  static Values run(Measured target, Phase phase, int clients)
      throws IOException, InterruptedException {
    Values noticed = new Values();
    for (int i = 0; i < clients; i++) {
      long id = IDS.incrementAndGet();
      String body =
          "{\"model\":\"%s\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"id:%d\"}]}"
              .formatted(phase.model, phase.stream, id);
      Pipe pipe = Pipe.to(target.port());
      pipe.send(Pipe.post("/v1/chat/completions", Pipe.ascii(body)));
      // The request is at the backend, and some tokens are on their way, after a tenth of a second.
      Thread.sleep(100);
      long left = System.nanoTime();
      pipe.close();
      long seen = awaitSeen(id, left);
      if (seen > 0) {
        noticed.add(seen - left);
      }
    }
    return noticed;
  }

  private static long awaitSeen(long id, long left) throws IOException, InterruptedException {
    try (Pipe pipe = Pipe.to(Backend.PORT)) {
      while (System.nanoTime() - left < PATIENCE_NANOS) {
        pipe.send(Pipe.ascii("GET /left?id=" + id + " HTTP/1.1\r\nHost: bench\r\n\r\n"));
        Pipe.Head head = pipe.head();
        long seen = Long.parseLong(new String(pipe.body(head), StandardCharsets.US_ASCII));
        if (seen > 0) {
          return seen;
        }
        Thread.sleep(2);
      }
      return 0;
    }
  }
}
