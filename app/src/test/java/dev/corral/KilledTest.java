package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.testkit.Answer;
import dev.corral.testkit.Body;
import dev.corral.testkit.FreePort;
import dev.corral.testkit.Headers;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The process is killed without a word while it works, and started again on the same home.
class KilledTest {
  private static final String CHAT =
      "{\"model\":\"markov-a\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  @TempDir private Path home;

  @Test
  void keysAndSettingsSurviveAndTheNextStartServes() throws IOException, InterruptedException {
    int port = FreePort.find();
    try (OllamaNode node = OllamaNode.start()) {
      Files.writeString(
          home.resolve("corral.yaml"),
          "backends: [{name: one, url: \"%s\"}]\n".formatted(node.url()));
      Process first = ChildCorral.start(home, port, 0);
      String secret = makeKey(port);
      killUnderLoad(first, port, secret);
      Process second = ChildCorral.start(home, port, 0);
      try {
        assertThat(chat(port, secret).status()).isEqualTo(200);
        assertThat(chat(port, "").status()).as("keys are still in force").isEqualTo(401);
      } finally {
        ChildCorral.kill(second);
      }
    }
  }

  private static void killUnderLoad(Process corral, int port, String secret)
      throws InterruptedException {
    AtomicInteger answered = new AtomicInteger();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        clients.execute(() -> {
          try {
            while (chat(port, secret).status() == 200) {
              answered.incrementAndGet();
            }
          } catch (UncheckedIOException | AssertionError killed) {
            // The client's end of the kill.
          }
        });
      }
      RunningCorral.await(() -> answered.get() > 20, "it is busy");
      ChildCorral.kill(corral);
    }
  }

  private String makeKey(int port) throws IOException {
    String admin = Files.readString(home.resolve("admin.key")).strip();
    Answer made = post(port, "/manage/keys", admin, "{\"name\":\"app\",\"scopes\":[\"infer\"]}");
    assertThat(made.status()).as(made.text()).isLessThan(300);
    return made.json().required("secret").asText();
  }

  private static Answer chat(int port, String key) {
    return post(port, "/api/chat", key, CHAT);
  }

  private static Answer post(int port, String path, String key, String json) {
    Headers headers = Headers.of("Content-Type", "application/json", "Connection", "close");
    Headers all = key.isEmpty() ? headers : headers.with("Authorization", "Bearer " + key);
    try (RawClient client = RawClient.connect(port)) {
      return client.request("POST", path, all, Body.of(json)).answer();
    }
  }
}
