package dev.corral.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.pull.Yard;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Content;
import dev.corral.testkit.Mischief;
import dev.corral.testkit.RegistryDouble;
import dev.corral.testkit.RegistryDouble.ImageLayer;
import dev.corral.testkit.Where;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `/manage/pulls` over real sockets.
class ManagePullsTest {
  @TempDir private Path home;
  private final RegistryDouble registry = RegistryDouble.start();
  private RunningControl corral;

  @BeforeEach
  void open() {
    corral = RunningControl.pullingFrom(home, registry);
    registry.publish("ns/m:t", Yard.CONFIG, new ImageLayer("model", Content.random(2_000_000, 4)));
  }

  @AfterEach
  void close() {
    corral.close();
    registry.close();
  }

  private String model() {
    return "127.0.0.1:" + registry.port() + "/ns/m:t";
  }

  private Answer ask(String model) {
    return corral.post("/manage/pulls", "{\"model\":\"" + model + "\"}");
  }

  private JsonNode awaitState(String path, String state) {
    corral.await(() -> corral.get(path).json().path("state").asText().equals(state));
    return corral.get(path).json();
  }

  @Test
  void aJobIsAskedForLookedAtAndListed() {
    Answer accepted = ask(model());
    assertThat(accepted.status()).isEqualTo(202);
    String path = accepted.headers().first("Location").orElseThrow();
    assertThat(path).isEqualTo("/manage/pulls/" + accepted.json().path("id").asText());

    JsonNode done = awaitState(path, "done");
    assertThat(done.path("percent").asDouble()).isEqualTo(100);
    assertThat(done.path("bytesDone")).isEqualTo(done.path("bytesTotal"));
    assertThat(done.path("model").asText()).isEqualTo(model());
    assertThat(done.path("target").asText()).isEqualTo("own");
    assertThat(done.path("error").asText()).isEmpty();
    assertThat(done.path("cause").asText()).isEmpty();
    assertThat(done.path("askedBy").asText()).isEqualTo("local");
    JsonNode all = corral.get("/manage/pulls").json();
    assertThat(all.isArray()).isTrue();
    assertThat(all.path(0)).isEqualTo(done);
  }

  @Test
  void aJobIsPausedResumedAndCancelled() {
    registry.play(Mischief.heldFrom(1), Where.everywhere());
    String path = ask(model()).headers().first("Location").orElseThrow();
    corral.await(() -> corral.get(path).json().path("bytesDone").asLong() > 0);

    assertThat(corral.post(path + "/pause", "{}").status()).isEqualTo(200);
    awaitState(path, "paused");
    assertThat(corral.post(path + "/resume", "{}").status()).isEqualTo(200);
    awaitState(path, "pulling");
    assertThat(corral.delete(path).status()).isEqualTo(200);
    awaitState(path, "cancelled");

    Answer again = corral.delete(path);
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.json().path("next").asText())
        .isEqualTo("Start anew with: corral pull " + model());
  }

  @Test
  void whatWentWrongIsOneSentenceWithTheNextStep() {
    String path = ask("registry.example.com/a/b:c").headers().first("Location").orElseThrow();
    JsonNode failed = awaitState(path, "failed");
    assertThat(failed.path("error").asText())
        .contains("is not among the hosts that may be asked")
        .contains("add it to corral.yaml: pull.hosts: [default, hf.co, registry.example.com]");
    assertThat(failed.path("cause").asText()).isEqualTo("denied");
  }

  @Test
  void whatIsNoNameIsRefusedWithTheReason() {
    assertThat(ask("../x").status()).isEqualTo(400);
    assertThat(ask("../x").json().path("next").asText()).contains("hf.co/OWNER/REPOSITORY:QUANT");
    assertThat(ask("a@sha256:" + "1".repeat(64)).json().path("detail").asText())
        .contains("names a digest");
    assertThat(ask("x:cloud").json().path("detail").asText()).contains("a vendor's cloud");
    Answer elsewhere =
        corral.post("/manage/pulls", "{\"model\":\"" + model() + "\",\"on\":\"rig\"}");
    assertThat(elsewhere.status()).isEqualTo(404);
    assertThat(corral.get("/manage/pulls/nobody").status()).isEqualTo(404);
    assertThat(registry.exchanges()).isEmpty();
  }
}
