package dev.corral.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.node.OwnNode;
import dev.corral.node.Pushing;
import dev.corral.testkit.Content;
import dev.corral.testkit.Mischief;
import dev.corral.testkit.RegistryDouble;
import dev.corral.testkit.RegistryDouble.ImageLayer;
import dev.corral.testkit.Where;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `/api/push` as Ollama's clients see it.
class PushCallTest {
  private static final Content WEIGHTS = Content.random(3_000_000, 1);

  @TempDir private Path folder;
  private final RegistryDouble source = RegistryDouble.start();
  private final RegistryDouble target = RegistryDouble.builder().tokens().start();
  private Yard yard;
  private OwnNode node;

  @BeforeEach
  void open() throws Exception {
    yard = new Yard(folder, source, target);
    node = new OwnNode(List.of(new Pushing(yard.store(), yard.pulls()).routes()));
    source.publish("ns/m:t", Yard.CONFIG, new ImageLayer("model", WEIGHTS));
    String from = "127.0.0.1:" + source.port() + "/ns/m:t";
    assertThat(yard.pull(from).state()).isEqualTo(PullState.DONE);
    assertThat(yard.store().copy(Yard.name(from), Yard.name(name()))).isTrue();
  }

  @AfterEach
  void close() {
    yard.close();
    source.close();
    target.close();
  }

  private String name() {
    return "127.0.0.1:" + target.port() + "/my/own:v1";
  }

  private CalledNode push(String body) {
    return CalledNode.post(node, "/api/push", body);
  }

  @Test
  void aModelIsSentAndItsManifestLast() {
    CalledNode heard = push("{\"model\":\"" + name() + "\"}");

    List<String> lines = heard.text().lines().toList();
    assertThat(lines.getFirst()).isEqualTo("{\"status\":\"retrieving manifest\"}");
    assertThat(lines)
        .contains(
            "{\"status\":\"pushing %s\",\"digest\":\"%s\",\"total\":3000000,\"completed\":3000000}"
                .formatted(WEIGHTS.digest().substring(7, 19), WEIGHTS.digest()));
    assertThat(lines.subList(lines.size() - 2, lines.size()))
        .containsExactly("{\"status\":\"pushing manifest\"}", "{\"status\":\"success\"}");
    assertThat(target.blob(WEIGHTS.digest()).bytes()).isEqualTo(WEIGHTS.bytes());
    assertThat(target.manifest("my/own:v1")).isEqualTo(source.manifest("ns/m:t"));
  }

  @Test
  void whatTheRegistryHasIsNotSentAgain() {
    push("{\"model\":\"" + name() + "\"}");
    target.forgetExchanges();
    assertThat(push("{\"model\":\"" + name() + "\",\"stream\":false}").text())
        .isEqualTo("{\"status\":\"success\"}");
    assertThat(target.exchanges())
        .noneMatch(exchange -> exchange.request().method().equals("PATCH"));
  }

  @Test
  void aChunkThatFailsIsSentAgain() {
    target.play(
        Mischief.busy(503, Duration.ZERO), Where.path("/v2/my/own/blobs/uploads/1").times(2));
    assertThat(push("{\"model\":\"" + name() + "\"}").text())
        .endsWith("{\"status\":\"success\"}\n");
  }

  @Test
  void aChunkThatIsTakenWithAnotherGoodStatusIsNotTheEndOfTheUpload() {
    String chunk = "/v2/my/own/blobs/uploads/1";
    target.play(
        new Mischief.Elsewhere(201, "http://127.0.0.1:" + target.port() + chunk),
        Where.path(chunk).once());
    push("{\"model\":\"" + name() + "\"}");
    assertThat(target.exchanges(chunk))
        .extracting(exchange -> exchange.request().method())
        .as("the registry is told the digest, and says itself whether it has it")
        .containsExactly("PATCH", "PUT");
  }

  @Test
  void aRegistryThatTakesNothingFromUsIsNamed() {
    target.play(Mischief.status(403), Where.path("/v2/my/own/blobs/uploads/"));
    assertThat(push("{\"model\":\"" + name() + "\"}").text())
        .contains("does not take '" + name() + "' from us (403)")
        .contains("Push to a registry of your own");
  }

  @Test
  void aModelThatIsNotHereCannotBeSent() {
    assertThat(push("{\"model\":\"nope/x\"}").text().lines())
        .containsExactly(
            "{\"status\":\"retrieving manifest\"}",
            "{\"error\":\"model 'nope/x:latest' not found\"}");
    CalledNode whole = push("{\"model\":\"nope/x\",\"stream\":false}");
    assertThat(whole.status()).isEqualTo(404);
    assertThat(push("{}").text()).isEqualTo("{\"error\":\"model is required\"}");
  }
}
