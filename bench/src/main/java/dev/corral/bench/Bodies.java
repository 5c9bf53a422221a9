package dev.corral.bench;

import java.io.IOException;

/// Requests of 20 MB, alone and four at once.
final class Bodies {
  private static final int BYTES = 20 << 20;
  private static final byte[] REQUEST = request();

  /// @param before resident memory in MB, as the two after it
  /// @param after two seconds later
  record Outcome(
      double oneMillis, double fourMillis, int bad, double before, double during, double after) {}

  private Bodies() {}

  static Outcome run(Measured target) throws InterruptedException {
    double before = target.residentMegabytes();
    Values bad = new Values();
    double one = together(target, 1, bad);
    double four = together(target, 4, bad);
    double during = target.residentMegabytes();
    Thread.sleep(2_000);
    return new Outcome(one, four, bad.count(), before, during, target.residentMegabytes());
  }

  private static double together(Measured target, int clients, Values bad)
      throws InterruptedException {
    long begun = System.nanoTime();
    Thread[] senders = new Thread[clients];
    for (int i = 0; i < clients; i++) {
      senders[i] = Thread.ofVirtual().start(() -> send(target, bad));
    }
    for (Thread sender : senders) {
      sender.join();
    }
    return (System.nanoTime() - begun) / 1e6;
  }

  private static void send(Measured target, Values bad) {
    try (Pipe pipe = Pipe.to(target.port())) {
      pipe.send(REQUEST);
      Pipe.Head head = pipe.head();
      pipe.skipBody(head);
      if (head.status() != 200) {
        bad.add(1);
      }
    } catch (IOException e) {
      bad.add(1);
    }
  }

  private static byte[] request() {
    String start = "{\"model\":\"fast\",\"messages\":[{\"role\":\"user\",\"content\":\"";
    String end = "\"}]}";
    String middle = "a".repeat(BYTES - start.length() - end.length());
    return Pipe.post("/v1/chat/completions", Pipe.ascii(start + middle + end));
  }
}
