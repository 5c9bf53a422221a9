package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.corral.engine.Engine;
import dev.corral.engine.EngineSettings;
import dev.corral.engine.Facts;
import dev.corral.engine.Granted;
import dev.corral.engine.Installation;
import dev.corral.engine.Lease;
import dev.corral.engine.Load;
import dev.corral.engine.LoadOptions;
import dev.corral.engine.Patience;
import dev.corral.engine.Refused;
import dev.corral.engine.Running;
import dev.corral.hardware.HostMemory;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Await;
import dev.corral.testkit.Body;
import dev.corral.testkit.Headers;
import dev.corral.testkit.RawClient;
import dev.corral.upstream.Upstream;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The engine with its real runner and llama.cpp, on a model of a megabyte.
@Tag("slow")
class OwnEngineTest {
  private static final Duration LONG = Await.LONG;

  /// A JVM, llama.cpp and a model, on a machine that is busy.
  private static final Duration STARTING = Duration.ofMinutes(5);

  @TempDir private Path folder;

  private final Vertx vertx = Vertx.vertx();
  private final Upstream upstream = new Upstream(vertx);
  private Engine engine;

  @BeforeEach
  void open() {
    Optional<Path> natives = EngineFiles.natives();
    assumeTrue(natives.isPresent(), EngineFiles.HOW);
    Installation here = Installation.ofThisProcess(folder.resolve("work"), System.getenv());
    Installation installation =
        new Installation(
            here.java(),
            here.ownClassPath(),
            here.runnerClassPath(),
            here.runnerMain(),
            natives,
            Optional.empty(),
            here.work(),
            here.environment());
    EngineSettings usual = EngineSettings.defaults();
    engine =
        new Engine(
            new EngineSettings(
                "true", "cpu", "0", "2", true, "5m", 3, usual.memory(), "1", "auto", ""),
            new Engine.Parts(
                installation,
                upstream,
                OwnBackend::hostBytes,
                HostMemory::read,
                List::of,
                Patience.usual(),
                _ -> {}));
  }

  @AfterEach
  void close() {
    if (engine != null) {
      engine.close();
    }
    upstream.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void theDemosModelSaysItsSentence() throws IOException {
    try (Lease lease = lease(model("demo", false))) {
      Facts facts = lease.facts();
      assertThat(facts.kind()).isEqualTo(Facts.Kind.OURS);
      assertThat(facts.contextLength()).isEqualTo(4096);
      assertThat(facts.slots()).isEqualTo(2);
      assertThat(facts.build()).startsWith("cpu");
      Answer answer =
          ask(lease, "{\"prompt\": \"Hi<|assistant|>\", \"n_predict\": 50, \"temperature\": 0}");
      assertThat(answer.json().path("content").asText()).isEqualTo(DemoModel.SENTENCE);
      assertThat(answer.json().path("stop_type").asText()).isEqualTo("eos");
    }
    assertThat(engine.running().getFirst().sizeBytes()).isBetween(1L << 20, 500L << 20);
  }

  @Test
  void aRunnerThatIsKilledInTheMiddleOfAStreamIsToldAndReplaced() throws IOException {
    Load endless = model("endless", true);
    try (Lease lease = lease(endless);
        RawClient client = begin(lease, "{\"prompt\": \"go\", \"stream\": true}")) {
      assertThat(client.readHead().status()).isEqualTo(200);
      assertThat(client.readChunk()).isPresent();
      kill(engine.running().getFirst());
      assertThat(lease.awaitBroken(LONG).orElseThrow().message()).contains("unexpectedly stopped");
    }
    lease(endless).close();
  }

  @Test
  void aRunnerThatIsKilledWhileItReadsALongPromptIsTold() throws IOException {
    Load load = model("endless", true);
    String prompt = "round and ".repeat(1500);
    try (Lease lease = lease(load);
        RawClient _ = begin(lease, "{\"prompt\": \"" + prompt + "\", \"stream\": true}")) {
      kill(engine.running().getFirst());
      assertThat(lease.awaitBroken(LONG)).isPresent();
    }
  }

  @Test
  void aFileThatOnlyLlamaCppFindsFaultWithIsOneErrorInItsWords() throws IOException {
    Load load = model("odd", false);
    byte[] bytes = Files.readAllBytes(load.weights());
    Files.write(load.weights(), replaced(bytes, "blk.0.attn_q.weight", "blk.0.attn_X.weight"));
    Granted granted = engine.lease(load).orTimeout(STARTING.toSeconds(), TimeUnit.SECONDS).join();
    assertThat(granted)
        .isInstanceOfSatisfying(
            Refused.class,
            refused ->
                assertThat(refused.problem().message())
                    .startsWith("model 'odd' could not be loaded: ")
                    .contains("attn_q"));
  }

  private Load model(String name, boolean endless) throws IOException {
    Path file = folder.resolve(name + ".gguf");
    DemoModel.write(file, endless ? DemoModel.ENDLESS : DemoModel.SENTENCE, endless);
    return new Load(name, "0", file, List.of(), LoadOptions.none(), null);
  }

  private Lease lease(Load load) {
    Granted granted = engine.lease(load).orTimeout(STARTING.toSeconds(), TimeUnit.SECONDS).join();
    if (granted instanceof Lease lease) {
      return lease;
    }
    throw new AssertionError("no lease but " + granted);
  }

  private static Answer ask(Lease lease, String body) {
    try (RawClient client = begin(lease, body)) {
      return client.answer();
    }
  }

  private static RawClient begin(Lease lease, String body) {
    Headers headers =
        Headers.of(
            "Authorization", "Bearer " + lease.target().bearer(),
            "Content-Type", "application/json",
            "Connection", "close");
    return RawClient.connect(lease.target().port())
        .request("POST", "/completion", headers, Body.of(body));
  }

  private static void kill(Running running) {
    boolean _ = ProcessHandle.of(running.pid()).orElseThrow().destroyForcibly();
  }

  private static byte[] replaced(byte[] bytes, String before, String after) {
    Charset plain = StandardCharsets.ISO_8859_1;
    return new String(bytes, plain).replace(before, after).getBytes(plain);
  }
}
