package dev.corral.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.node.OwnNode;
import dev.corral.node.Pulling;
import dev.corral.testkit.Content;
import dev.corral.testkit.Mischief;
import dev.corral.testkit.RegistryDouble;
import dev.corral.testkit.RegistryDouble.ImageLayer;
import dev.corral.testkit.Where;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `/api/pull` as Ollama's clients see it.
class PullCallTest {
  private static final Content WEIGHTS = Content.random(3_000_000, 1);
  private static final Content TEMPLATE = Content.of("{{ .Prompt }}");

  @TempDir private Path folder;
  private final RegistryDouble registry = RegistryDouble.start();
  private Yard yard;
  private OwnNode node;

  @BeforeEach
  void open() {
    yard = new Yard(folder, registry);
    node = new OwnNode(List.of(new Pulling(yard.pulls()).routes()));
    registry.publish(
        "ns/m:t",
        Yard.CONFIG,
        new ImageLayer("model", WEIGHTS),
        new ImageLayer("template", TEMPLATE));
  }

  @AfterEach
  void close() {
    yard.close();
    registry.close();
  }

  private String name() {
    return "127.0.0.1:" + registry.port() + "/ns/m:t";
  }

  @Test
  void theEventsAreOllamasInItsOrder() {
    CalledNode heard = asked("{\"model\":\"http://" + name() + "\",\"insecure\":true}");

    List<String> lines = heard.text().lines().toList();
    assertThat(heard.status()).isEqualTo(200);
    assertThat(lines.getFirst()).isEqualTo("{\"status\":\"pulling manifest\"}");
    String weights = WEIGHTS.digest().substring(7, 19);
    assertThat(lines)
        .contains(
            "{\"status\":\"pulling %s\",\"digest\":\"%s\",\"total\":3000000,\"completed\":3000000}"
                .formatted(weights, WEIGHTS.digest()),
            "{\"status\":\"pulling %s\",\"digest\":\"%s\",\"total\":13,\"completed\":13}"
                .formatted(TEMPLATE.digest().substring(7, 19), TEMPLATE.digest()));
    assertThat(lines.subList(lines.size() - 3, lines.size()))
        .containsExactly(
            "{\"status\":\"verifying sha256 digest\"}",
            "{\"status\":\"writing manifest\"}",
            "{\"status\":\"success\"}");
    assertThat(yard.model(name()).whole()).isTrue();
  }

  @Test
  void withoutAStreamThereIsOneObject() {
    CalledNode heard = asked("{\"name\":\"" + name() + "\",\"stream\":false}");
    assertThat(heard.status()).isEqualTo(200);
    assertThat(heard.text()).isEqualTo("{\"status\":\"success\"}");
  }

  @Test
  void whatIsMissingIsToldInOllamasWords() {
    String nothing = name().replace("/ns/m:t", "/ns/nothing:tag");
    assertThat(asked("{\"model\":\"" + nothing + "\"}").text().lines())
        .containsExactly(
            "{\"status\":\"pulling manifest\"}",
            "{\"error\":\"pull model manifest: file does not exist\"}");
    CalledNode whole = asked("{\"model\":\"" + nothing + "\",\"stream\":false}");
    assertThat(whole.status()).isEqualTo(500);
    assertThat(whole.text()).isEqualTo("{\"error\":\"pull model manifest: file does not exist\"}");
    registry.play(
        Mischief.status(404), Where.path(RegistryDouble.blobPath("ns/m", WEIGHTS.digest())));
    assertThat(asked("{\"model\":\"" + name() + "\"}").text())
        .endsWith("{\"error\":\"file does not exist\"}\n");
  }

  @Test
  void aNameThatIsNoneIsRefusedBeforeAnythingIsAsked() {
    for (String model : List.of("../x", "", "a@sha256:" + "1".repeat(64))) {
      CalledNode heard = asked("{\"model\":\"" + model + "\"}");
      assertThat(heard.status()).isEqualTo(400);
      assertThat(heard.text()).isEqualTo("{\"error\":\"invalid model name\"}");
    }
    assertThat(asked("{\"model\":\"gpt-oss:120b-cloud\"}").status()).isEqualTo(403);
    assertThat(registry.exchanges()).isEmpty();
  }

  @Test
  void aHostThatMayNotBeAskedIsNamedWithTheLineThatWouldAllowIt() {
    assertThat(asked("{\"model\":\"registry.example.com/a/b\"}").text())
        .contains("pull model manifest: https://registry.example.com is not among the hosts")
        .contains("pull.hosts: [default, hf.co, registry.example.com]");
  }

  @Test
  void aCallerWhoLeavesDoesNotStopTheJob() {
    registry.play(Mischief.heldFrom(1_000_000), Where.everywhere());
    CalledNode.postAndLeave(node, "/api/pull", "{\"model\":\"" + name() + "\"}", 1);
    Pull job = yard.pulls().all().getFirst();
    assertThat(job.state().ended()).isFalse();
    registry.behave();
    assertThat(yard.awaitEnd(job.id()).state()).isEqualTo(PullState.DONE);
  }

  private CalledNode asked(String body) {
    return CalledNode.post(node, "/api/pull", body);
  }
}
