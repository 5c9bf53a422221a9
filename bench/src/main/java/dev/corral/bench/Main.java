package dev.corral.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/// Starts everything, measures in rounds of shuffled order, prints tables of Markdown.
public final class Main {
  private static final int ROUNDS = 3;
  private static final int LOAD_SECONDS = 6;

  /// The JVM's compiler needs this long under load before figures say something about the program.
  private static final int WARM_SECONDS = 25;

  private static final List<String> PARTS =
      List.of("load", "low", "streams", "leave", "hold", "body", "start", "pull");

  private Main() {}

  /// @param args parts; none means all
  public static void main(String[] args) throws Exception {
    if (args.length > 0 && args[0].equals("jmh")) {
      org.openjdk.jmh.Main.main(Arrays.copyOfRange(args, 1, args.length));
      return;
    }
    if (args.length > 0 && args[0].equals("engine")) {
      Engines.print();
      System.exit(0);
    }
    Set<String> parts = new TreeSet<>(args.length == 0 ? PARTS : List.of(args));
    if (!PARTS.containsAll(parts)) {
      System.err.println(
          "bench: parts are " + String.join(" ", PARTS) + ", or: engine, or: jmh [NAME]");
      System.exit(2);
    }
    if (parts.remove("pull")) {
      Pulling.print();
    }
    if (!parts.isEmpty()) {
      try (Surroundings around = Surroundings.start()) {
        new Main().measure(around, parts);
      }
    }
    System.exit(0);
  }

  private void measure(Surroundings around, Set<String> parts)
      throws IOException, InterruptedException {
    if (parts.contains("start")) {
      Starts.print(around);
    }
    Measured corral = around.corral();
    if (parts.contains("load") || parts.contains("low") || parts.contains("streams")) {
      Load.run(corral, 32, WARM_SECONDS);
    }
    List<Measured> all = around.all();
    if (parts.contains("load")) {
      load(all, 32);
    }
    if (parts.contains("low")) {
      load(all, 1);
    }
    if (parts.contains("streams")) {
      streams(all);
    }
    if (parts.contains("leave")) {
      leave(all);
    }
    if (parts.contains("hold")) {
      hold(all);
    }
    if (parts.contains("body")) {
      body(all);
    }
  }

  private static void load(List<Measured> all, int connections) throws InterruptedException {
    List<List<Load.Outcome>> outcomes = new ArrayList<>();
    all.forEach(_ -> outcomes.add(new ArrayList<>()));
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      order.add(i);
    }
    // The same order in every run, another one in every round.
    Random random = new Random(7);
    for (int round = 0; round < ROUNDS; round++) {
      Collections.shuffle(order, random);
      for (int at : order) {
        outcomes.get(at).add(Load.run(all.get(at), connections, LOAD_SECONDS));
      }
    }
    Table table =
        new Table(
            connections + (connections == 1 ? " connection" : " connections") + ", small answer",
            "",
            "req/s",
            "× baseline",
            "p50 / p99 ms",
            "added p50 / p99 ms",
            "CPU µs per request",
            "CPU × baseline",
            "bad");
    List<Load.Outcome> middles = outcomes.stream().map(Main::middle).toList();
    Load.Outcome direct = middles.getFirst();
    Load.Outcome base = middles.get(Math.min(1, middles.size() - 2));
    for (int i = 0; i < all.size(); i++) {
      Load.Outcome one = middles.get(i);
      table.row(
          all.get(i).name(),
          "%.0f".formatted(one.perSecond()),
          "%.2f".formatted(one.perSecond() / base.perSecond()),
          "%.3f / %.2f".formatted(one.p50(), one.p99()),
          "%+.3f / %+.2f".formatted(one.p50() - direct.p50(), one.p99() - direct.p99()),
          "%.0f".formatted(one.cpuMicros()),
          base.cpuMicros() > 0 ? "%.1f".formatted(one.cpuMicros() / base.cpuMicros()) : "–",
          Integer.toString(outcomes.get(i).stream().mapToInt(Load.Outcome::bad).sum()));
    }
    table.print();
  }

  /// The round in the middle by its rate: one that something else disturbed does not count.
  private static Load.Outcome middle(List<Load.Outcome> rounds) {
    return rounds.stream()
        .sorted(Comparator.comparingDouble(Load.Outcome::perSecond))
        .skip(rounds.size() / 2)
        .findFirst()
        .orElseThrow();
  }

  private static void streams(List<Measured> all) throws InterruptedException {
    Table table =
        new Table(
            "100 streams of 200 tokens at 50/s",
            "",
            "first token p50 / p99 ms",
            "delay of a token p50 / p99 ms",
            "complete",
            "lost / merged");
    for (Measured one : all) {
      Streams.run(one, 100, 20, 20, 0);
      Streams.Outcome outcome = Streams.run(one, 100, 200, 20, 0);
      table.row(
          one.name(),
          pair(outcome.firstToken(), 0.5, 0.99),
          pair(outcome.delay(), 0.5, 0.99),
          outcome.complete() + " of 100",
          outcome.lost() + " / " + outcome.merged());
    }
    table.print();
  }

  private static void hold(List<Measured> all) throws InterruptedException {
    int streams = 2_000;
    Table table =
        new Table("2,000 streams of 20 tokens at 1/s", "", "complete", "lost", "kB for each");
    for (Measured one : all) {
      Streams.Outcome outcome = Streams.run(one, streams, 20, 1_000, 2);
      table.row(
          one.name(),
          Integer.toString(outcome.complete()),
          Integer.toString(outcome.lost()),
          "%.0f".formatted(outcome.megabytes() * 1000 / streams));
    }
    table.print();
  }

  private static void leave(List<Measured> all) throws IOException, InterruptedException {
    int clients = 20;
    Table table =
        new Table(
            "A client leaves: the backend knows after ms, p50 / worst of " + clients,
            "",
            "silent, streamed",
            "silent, whole",
            "in mid-stream");
    for (Measured one : all) {
      List<String> cells = new ArrayList<>(List.of(one.name()));
      for (Leaving.Phase phase : Leaving.Phase.values()) {
        Values noticed = Leaving.run(one, phase, clients);
        cells.add(pair(noticed, 0.5, 1) + " (" + noticed.count() + ")");
      }
      table.row(cells.toArray(String[]::new));
    }
    table.print();
  }

  private static void body(List<Measured> all) throws InterruptedException {
    Table table =
        new Table(
            "Bodies of 20 MB",
            "",
            "one ms",
            "four at once ms",
            "resident MB before, with, after",
            "bad");
    for (Measured one : all) {
      Bodies.run(one);
      Bodies.Outcome outcome = Bodies.run(one);
      table.row(
          one.name(),
          "%.0f".formatted(outcome.oneMillis()),
          "%.0f".formatted(outcome.fourMillis()),
          "%.0f, %.0f, %.0f".formatted(outcome.before(), outcome.during(), outcome.after()),
          Integer.toString(outcome.bad()));
    }
    table.print();
  }

  private static String pair(Values values, double low, double high) {
    return "%.2f / %.2f".formatted(values.millis(low), values.millis(high));
  }
}
