package dev.corral.bench;

import dev.corral.engine.Installation;
import dev.corral.engine.Launch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Our runner beside a llama-server (`CORRAL_LLAMA_SERVER`), both on a model of noise of the 1.1B
/// shape, in alternating rounds.
final class Engines {
  private static final int ROUNDS = 2;
  private static final List<Integer> STREAMS = List.of(1, 4, 8);
  private static final int SLOTS = 8;
  private static final int CONTEXT = 16_384;
  private static final int TOKENS = 48;
  private static final int PREFILL_WORDS = 80;

  /// About 2,000 tokens.
  private static final int CANCEL_WORDS = 400;

  private static final int STARTS = 7;

  private final List<Contender> contenders = new ArrayList<>();

  private Engines(Path folder) {
    Installation installation = Installation.ofThisProcess(folder, System.getenv());
    Launch.onProcessor(installation)
        .ifPresent(ours -> contenders.add(new Contender("corral", ours, new Speed())));
    String server = System.getenv().getOrDefault("CORRAL_LLAMA_SERVER", "");
    if (!server.isEmpty()) {
      Launch theirs = new Launch.LlamaServer(installation, Path.of(server));
      contenders.add(new Contender("llama-server", theirs, new Speed()));
    }
  }

  static void print() throws Exception {
    Path folder = Files.createTempDirectory("corral-engines-");
    Path large = folder.resolve("large.gguf");
    Path tiny = folder.resolve("tiny.gguf");
    try {
      RandomModel.TINY.write(tiny);
      RandomModel.BILLION.write(large);
      Engines engines = new Engines(folder);
      engines.starts(tiny);
      engines.speeds(large);
      Rendering.print();
    } finally {
      Files.deleteIfExists(large);
      Files.deleteIfExists(tiny);
    }
  }

  private void starts(Path tiny) throws Exception {
    Table table = new Table("Start on a tiny model", "", "ready ms", "worst", "resident MB");
    for (Contender one : contenders) {
      Values ready = new Values();
      double resident = 0;
      for (int i = 0; i < STARTS; i++) {
        try (Runner runner = Runner.start(one.launch(), tiny, 4, 4096)) {
          ready.add(runner.readyNanos);
          Runner.Answer _ = runner.answer("Hello", 4);
          resident = runner.residentMegabytes();
        }
      }
      table.row(
          one.name(),
          "%.0f".formatted(ready.millis(0.5)),
          "%.0f".formatted(ready.millis(1)),
          "%.0f".formatted(resident));
    }
    table.print();
  }

  private record Contender(String name, Launch launch, Speed speed) {}

  /// @param perSecond in the order of [#STREAMS]
  private record Speed(List<Values> perSecond, Values prefill, Values first, Values free) {
    Speed() {
      this(
          STREAMS.stream().map(_ -> new Values()).toList(),
          new Values(),
          new Values(),
          new Values());
    }
  }

  private void speeds(Path large) throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      for (Contender one : round % 2 == 0 ? contenders : contenders.reversed()) {
        try (Runner runner = Runner.start(one.launch(), large, SLOTS, CONTEXT)) {
          measure(runner, one.speed());
          System.err.println("bench: round " + (round + 1) + " of " + one.name() + " is over");
        }
      }
    }
    Table table =
        new Table(
            "1.1B shape, Q4_0, tokens/s; the middle of " + ROUNDS + " rounds",
            "",
            "1 stream",
            "4 streams",
            "8 streams",
            "prefill",
            "first token ms",
            "slot free after a cancel ms, median / worst (20000: later)");
    for (Contender one : contenders) {
      Speed speed = one.speed();
      List<String> row = new ArrayList<>(List.of(one.name()));
      speed.perSecond().forEach(values -> row.add(rate(values)));
      row.add(rate(speed.prefill()));
      row.add("%.0f".formatted(speed.first().millis(0.5)));
      row.add("%.0f / %.0f".formatted(speed.free().millis(0.5), speed.free().millis(1)));
      table.row(row.toArray(String[]::new));
    }
    table.print();
  }

  /// Values hold thousandths of tokens per second there.
  private static String rate(Values values) {
    return "%.1f".formatted(values.millis(0.5) * 1e3);
  }

  private static void measure(Runner runner, Speed speed) throws Exception {
    Runner.Answer _ = runner.answer(words("warm", 20), 16);
    for (int i = 0; i < STREAMS.size(); i++) {
      speed.perSecond().get(i).add(Math.round(together(runner, STREAMS.get(i)) * 1e3));
    }
    Runner.Answer prefill = runner.answer(words("p", PREFILL_WORDS), 1);
    speed.prefill().add(Math.round(1e12 * prefill.promptTokens() / prefill.firstNanos()));
    for (int i = 0; i < 3; i++) {
      speed.first().add(runner.answer(words("f" + i, 6), 4).firstNanos());
    }
    for (int i = 0; i < 3; i++) {
      long free = runner.freed(words("c" + i, CANCEL_WORDS));
      speed.free().add(free);
      if (free == Runner.PATIENCE_NANOS) {
        break;
      }
    }
  }

  /// Tokens per second of all together, from the first request to the last answer.
  private static double together(Runner runner, int streams) throws InterruptedException {
    try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
      long begun = System.nanoTime();
      List<Future<Runner.Answer>> answers = new ArrayList<>();
      for (int i = 0; i < streams; i++) {
        String prompt = words("s" + i, 4);
        answers.add(each.submit(() -> runner.answer(prompt, TOKENS)));
      }
      int tokens = 0;
      for (Future<Runner.Answer> answer : answers) {
        tokens += answer.get().tokens();
      }
      return tokens * 1e9 / (System.nanoTime() - begun);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a stream failed", e);
    }
  }

  /// So many words that no other prompt begins with; each is a few tokens of bytes.
  private static String words(String first, int count) {
    String[] words = new String[count];
    Arrays.setAll(words, i -> first + (i * 7919 % 97));
    return String.join(" ", words);
  }
}
