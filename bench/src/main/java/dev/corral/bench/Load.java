package dev.corral.bench;

import java.io.IOException;

/// So many connections, each asking again as soon as it was answered.
final class Load {
  private static final byte[] REQUEST =
      Pipe.post(
          "/v1/chat/completions",
          Pipe.ascii(
              """
              {"model":"fast","messages":[{"role":"system","content":"You are brief."},\
              {"role":"user","content":"Why is the sky blue? Answer in one sentence of at most \
              twenty words, please."}],"temperature":0.2,"max_tokens":64,"stream":false}\
              """));

  /// @param bad answers that were not 200, and connections that broke
  record Outcome(double perSecond, double p50, double p99, double cpuMicros, int bad) {}

  private Load() {}

  static Outcome run(Measured target, int connections, int seconds) throws InterruptedException {
    Values took = new Values();
    Values bad = new Values();
    double cpu = target.cpuSeconds();
    long begun = System.nanoTime();
    long end = begun + seconds * 1_000_000_000L;
    Thread[] callers = new Thread[connections];
    for (int i = 0; i < connections; i++) {
      callers[i] = Thread.ofVirtual().start(() -> call(target.port(), end, took, bad));
    }
    for (Thread caller : callers) {
      caller.join();
    }
    double elapsed = (System.nanoTime() - begun) / 1e9;
    double used = target.cpuSeconds() - cpu;
    return new Outcome(
        took.count() / elapsed,
        took.millis(0.5),
        took.millis(0.99),
        used * 1e6 / Math.max(1, took.count()),
        bad.count());
  }

  private static void call(int port, long end, Values took, Values bad) {
    try (Pipe pipe = Pipe.to(port)) {
      while (System.nanoTime() < end) {
        long asked = System.nanoTime();
        pipe.send(REQUEST);
        Pipe.Head head = pipe.head();
        pipe.skipBody(head);
        if (head.status() == 200) {
          took.add(System.nanoTime() - asked);
        } else {
          bad.add(1);
        }
      }
    } catch (IOException e) {
      bad.add(1);
    }
  }
}
