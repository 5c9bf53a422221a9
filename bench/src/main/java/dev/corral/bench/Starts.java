package dev.corral.bench;

import java.io.IOException;

/// How long a later start takes until it answers, and a verb from its call to its end.
final class Starts {
  private static final int TIMES = 5;

  /// After its start a server at rest is a server that nobody asked anything for this long.
  private static final int REST_MILLIS = 3_000;

  private Starts() {}

  static void print(Surroundings around) throws IOException, InterruptedException {
    // The first start trains the AOT cache and makes the home.
    around.serve("starts").destroy();
    Values ready = new Values();
    Values verb = new Values();
    double idle = 0;
    for (int i = 0; i < TIMES; i++) {
      Thread.sleep(500);
      long begun = System.nanoTime();
      Process server = around.serve("starts");
      ready.add(System.nanoTime() - begun);
      Thread.sleep(REST_MILLIS);
      idle = new Measured("", 0, Measured.family(server)).residentMegabytes();
      long asked = System.nanoTime();
      around.verb("list").waitFor();
      verb.add(System.nanoTime() - asked);
      server.destroy();
      server.waitFor();
    }
    Table table = new Table("Start, of " + TIMES + " times", "", "median", "worst");
    table.row(
        "ready to answer, ms",
        "%.0f".formatted(ready.millis(0.5)),
        "%.0f".formatted(ready.millis(1)));
    table.row(
        "corral list, ms", "%.0f".formatted(verb.millis(0.5)), "%.0f".formatted(verb.millis(1)));
    table.row("resident at rest, MB", "%.0f".formatted(idle), "");
    table.print();
  }
}
