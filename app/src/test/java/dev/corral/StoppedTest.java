package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.testkit.Answer;
import dev.corral.testkit.Await;
import dev.corral.testkit.Fault;
import dev.corral.testkit.FreePort;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RawClient;
import dev.corral.testkit.Where;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The process is told to stop, or has no means left, while it works.
class StoppedTest {
  private static final Duration LONG = Await.LONG;

  /// A JVM with its libraries has about half as many open.
  private static final int FEW_FILES = 400;

  private static final String CHAT =
      "{\"model\":\"markov-a\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  private static final String COPY = "{\"source\":\"nobody\",\"destination\":\"other\"}";

  @TempDir private Path home;

  private final int port = FreePort.find();

  private Process inFrontOf(OllamaNode node, int openFiles) throws IOException {
    Files.writeString(
        home.resolve("corral.yaml"),
        "backends: [{name: one, url: \"%s\"}]\n".formatted(node.url()));
    return ChildCorral.start(home, port, openFiles);
  }

  @Test
  void whoIsBeingAnsweredWhenItIsToldToStopGetsTheWholeAnswerAndNobodyNewIsLetIn()
      throws IOException, InterruptedException {
    try (OllamaNode node = OllamaNode.start()) {
      Process corral = inFrontOf(node, 0);
      node.inject(new Fault.Held(4), Where.inference().once());
      try (RawClient client = RawClient.connect(port, LONG, 0)) {
        client.post("/api/chat", CHAT.formatted(true));
        assertThat(client.readHead().status()).isEqualTo(200);
        StringBuilder text = new StringBuilder(client.readChunk().orElseThrow().bytes().text());
        ChildCorral.stop(corral);
        RunningCorral.await(this::letsNobodyIn, "nobody new is let in");
        node.heal();
        for (var chunk = client.readChunk(); chunk.isPresent(); chunk = client.readChunk()) {
          text.append(chunk.get().bytes().text());
        }
        assertThat(text.toString()).contains("\"done\":true");
      }
      assertThat(ChildCorral.ended(corral)).isTrue();
      assertThat(node.exchanges("/api/chat")).hasSize(1);
    }
  }

  private boolean letsNobodyIn() {
    return RawClient.get(port, "/api/tags").status() == 503;
  }

  @Test
  void withoutFreeFilesItSaysSoBlamesNoBackendAndServesAgainOnceThereAreSome()
      throws IOException, InterruptedException {
    try (OllamaNode node = OllamaNode.start()) {
      Process corral = inFrontOf(node, FEW_FILES);
      try {
        Answer none = withEveryFileTaken();
        assertThat(none.text()).contains("ulimit -n").doesNotContain("ollama serve");
        assertThat(none.headers().first("Retry-After")).isPresent();
        RunningCorral.await(this::serves, "it serves again");
        assertThat(Files.readString(home.resolve("logs").resolve("corral.log")))
            .doesNotContain("\"state\":\"down\"");
      } finally {
        ChildCorral.kill(corral);
      }
    }
  }

  private Answer withEveryFileTaken() {
    List<RawClient> idle = new ArrayList<>();
    try (RawClient first = RawClient.connect(port, LONG, 0)) {
      assertThat(first.post("/api/chat", CHAT.formatted(false)).answer().status()).isEqualTo(200);
      for (int i = 0; i < FEW_FILES; i++) {
        idle.add(RawClient.connect(port, LONG, 0));
      }
      return untilRefused(first);
    } finally {
      idle.forEach(RawClient::close);
    }
  }

  /// The kernel lets clients in before the program does. What changes something never goes over a
  /// connection that was kept, so it needs a file of its own.
  private static Answer untilRefused(RawClient client) {
    Answer[] last = new Answer[1];
    RunningCorral.await(
        () -> {
          last[0] = client.post("/api/copy", COPY).answer();
          return last[0].status() == 503;
        },
        "no file is free");
    return last[0];
  }

  private boolean serves() {
    try {
      return RawClient.post(port, "/api/chat", CHAT.formatted(false)).status() == 200;
    } catch (UncheckedIOException | AssertionError notYet) {
      return false;
    }
  }
}
