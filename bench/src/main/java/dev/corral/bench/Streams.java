package dev.corral.bench;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Many streams at once. Each token says when the backend wrote it, so its way is measured alone.
final class Streams {
  /// A token that comes within this part of the gap behind another one came together with it.
  private static final int MERGED_SHARE = 20;

  /// @param firstToken from the request to the first token
  /// @param delay from the backend's write to our read, of every token
  /// @param merged tokens that came together with the one before
  record Outcome(
      Values firstToken, Values delay, int complete, int lost, int merged, double megabytes) {}

  private final Measured target;
  private final int tokens;
  private final long gapMillis;
  private final Values firstToken = new Values();
  private final Values delay = new Values();
  private final AtomicInteger complete = new AtomicInteger();
  private final AtomicInteger arrived = new AtomicInteger();
  private final AtomicInteger merged = new AtomicInteger();

  private Streams(Measured target, int tokens, long gapMillis) {
    this.target = target;
    this.tokens = tokens;
    this.gapMillis = gapMillis;
  }

  /// @param staggerMillis between the beginnings
  static Outcome run(Measured target, int streams, int tokens, long gapMillis, long staggerMillis)
      throws InterruptedException {
    Streams run = new Streams(target, tokens, gapMillis);
    double before = target.residentMegabytes();
    Thread[] readers = new Thread[streams];
    for (int i = 0; i < streams; i++) {
      readers[i] = Thread.ofVirtual().start(run::read);
      Thread.sleep(staggerMillis);
    }
    Thread.sleep(tokens * gapMillis / 2);
    double during = target.residentMegabytes();
    for (Thread reader : readers) {
      reader.join();
    }
    return new Outcome(
        run.firstToken,
        run.delay,
        run.complete.get(),
        streams * tokens - run.arrived.get(),
        run.merged.get(),
        during - before);
  }

  private void read() {
    String body =
        "{\"model\":\"stream-"
            + tokens
            + "-"
            + gapMillis
            + "\",\"stream\":true,"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"Count.\"}]}";
    AtomicLong last = new AtomicLong();
    try (Pipe pipe = Pipe.to(target.port())) {
      long asked = System.nanoTime();
      pipe.send(Pipe.post("/v1/chat/completions", Pipe.ascii(body)));
      pipe.head();
      pipe.chunks(text -> tokensIn(text, asked, last));
      complete.incrementAndGet();
    } catch (IOException e) {
      // Counted as lost tokens and as a stream that is not complete.
    }
  }

  /// A proxy may put several frames into one chunk.
  private void tokensIn(String text, long asked, AtomicLong last) {
    long now = System.nanoTime();
    for (int at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
      long written = Long.parseLong(text, at + 1, text.indexOf(' ', at), 10);
      delay.add(now - written);
      if (arrived.incrementAndGet() > 0 && last.get() == 0) {
        firstToken.add(now - asked);
      } else if (now - last.get() < gapMillis * 1_000_000 / MERGED_SHARE) {
        merged.incrementAndGet();
      }
      last.set(now);
    }
  }
}
