package dev.corral.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.corral.upstream.Answer;
import dev.corral.upstream.Target;
import dev.corral.upstream.Upstream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Starts one runner, waits until it is ready, and looks after it until it has ended; on a virtual
/// thread of its own.
final class Watch {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_BYTES = 1 << 20;

  /// How often a llama-server that loads is asked again.
  private static final Duration BETWEEN = Duration.ofMillis(50);

  private final Upstream upstream;
  private final Patience patience;
  private final Launch launch;
  private final String name;
  private final Path weights;
  private final Plan plan;
  private final RunnerFlags flags;

  Watch(
      Upstream upstream,
      Patience patience,
      Launch launch,
      String name,
      Path weights,
      Plan plan,
      RunnerFlags flags) {
    this.upstream = upstream;
    this.patience = patience;
    this.launch = launch;
    this.name = name;
    this.weights = weights;
    this.plan = plan;
    this.flags = flags;
  }

  /// What happens to it, in this order; `Ended` comes once and last.
  sealed interface News {
    record Spawned(RunnerProcess process) implements News {}

    record Ready(Target target, Facts facts) implements News {}

    /// @param why one sentence
    /// @param modelRefused true where it said why it cannot serve this model; no crash
    record Ended(String why, boolean modelRefused) implements News {}
  }

  /// The answer to the question whether it is ready.
  private sealed interface Readiness {
    record Yes(News.Ready ready) implements Readiness {}

    record No(String why) implements Readiness {}
  }

  void run(Consumer<News> news) {
    RunnerProcess process;
    try {
      process = RunnerProcess.start(launch, weights, flags);
    } catch (IOException e) {
      news.accept(new News.Ended("its process could not be started: " + e.getMessage(), false));
      return;
    }
    news.accept(new News.Spawned(process));
    try {
      news.accept(attend(process, news));
    } catch (InterruptedException e) {
      process.stop(Duration.ZERO);
      news.accept(new News.Ended("Corral stopped", false));
      Thread.currentThread().interrupt();
    }
  }

  /// @return how it ended
  private News.Ended attend(RunnerProcess process, Consumer<News> news)
      throws InterruptedException {
    Optional<String> verdict =
        switch (readiness(process)) {
          case Readiness.Yes(News.Ready ready) -> {
            news.accept(ready);
            yield whileHealthy(process, ready.target());
          }
          case Readiness.No no -> Optional.of(no.why());
        };
    if (process.alive()) {
      process.stop(verdict.isPresent() ? Duration.ZERO : patience.end());
    }
    int code = process.awaitEnd();
    return verdict
        .filter(why -> !why.isEmpty())
        .map(why -> new News.Ended(why, false))
        .orElseGet(() ->
            new News.Ended(
                Sentences.end(code, process.log().lastWords()), Sentences.refused(code)));
  }

  private Readiness readiness(RunnerProcess process) throws InterruptedException {
    Optional<String> line = process.awaitAnnounced(patience.silentLoad());
    if (line.isEmpty()) {
      return new Readiness.No(process.alive() ? silent() : "");
    }
    return switch (launch.kind()) {
      case OURS -> ours(process, line.get());
      case LLAMA_SERVER -> {
        int port = RunnerProcess.port(line.get()).orElse(0);
        yield llamaServer(process, target(port, process.key()));
      }
    };
  }

  private String silent() {
    return "it gave no sign for " + patience.silentLoad().toSeconds() + " s while it loaded";
  }

  private Target target(int port, String key) {
    return Target.parse(name, "http://127.0.0.1:" + port, key);
  }

  /// One line of JSON, as the runner's `Main` writes it.
  private Readiness ours(RunnerProcess process, String line) {
    JsonNode said = json(line);
    int port = said.path("port").asInt(0);
    if (port < 1 || port > 65_535) {
      return new Readiness.No("it wrote something else than its port; is this our runner?");
    }
    List<Facts.Device> devices = new ArrayList<>();
    for (JsonNode device : said.path("devices")) {
      boolean host = device.path("name").asText("").toLowerCase(Locale.ROOT).startsWith("cpu");
      devices.add(
          new Facts.Device(
              device.path("name").asText(""), device.path("memoryBytes").asLong(0), !host));
    }
    Facts facts =
        new Facts(
            plan.context(),
            said.path("trainedContext").asInt(plan.trainedContext()),
            said.path("slots").asInt(flags.slots()),
            said.path("embeddingLength").asInt(0),
            flags.embeds(),
            Facts.Kind.OURS,
            devices,
            said.path("natives").asText(launch.build()));
    return new Readiness.Yes(new News.Ready(target(port, process.key()), facts));
  }

  private Readiness llamaServer(RunnerProcess process, Target target) throws InterruptedException {
    long end = System.nanoTime() + patience.silentLoad().toNanos();
    while (!healthy(target)) {
      if (!process.alive()) {
        return new Readiness.No("");
      }
      if (System.nanoTime() > end) {
        return new Readiness.No(silent());
      }
      Thread.sleep(BETWEEN);
    }
    JsonNode props =
        upstream.fetch(target, "/props", Map.of(), MOST_BYTES, patience.answer())
                instanceof Answer.Told told
            ? json(told.body())
            : JSON.missingNode();
    Facts facts =
        new Facts(
            plan.context(),
            plan.trainedContext(),
            props.path("total_slots").asInt(flags.slots()),
            0,
            flags.embeds(),
            Facts.Kind.LLAMA_SERVER,
            List.of(),
            props.path("build_info").asText(""));
    return new Readiness.Yes(new News.Ready(target, facts));
  }

  /// @return why it must go although it lives; empty where it ended
  private Optional<String> whileHealthy(RunnerProcess process, Target target)
      throws InterruptedException {
    int missed = 0;
    while (!process.awaitEnd(patience.look())) {
      missed = healthy(target) ? 0 : missed + 1;
      if (missed >= patience.misses() && process.alive()) {
        return Optional.of(
            "it did not answer for "
                + patience.look().plus(patience.answer()).multipliedBy(missed).toSeconds()
                + " s");
      }
    }
    return Optional.empty();
  }

  private boolean healthy(Target target) {
    return upstream.fetch(target, "/health", Map.of(), MOST_BYTES, patience.answer())
            instanceof Answer.Told told
        && told.status() == 200;
  }

  private static JsonNode json(String text) {
    try {
      JsonNode tree = JSON.readTree(text);
      return tree == null ? JSON.missingNode() : tree;
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    }
  }
}
