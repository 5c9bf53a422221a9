package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.testkit.Answer;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.PullPlan;
import dev.corral.testkit.RawClient;
import dev.corral.testkit.TestModel;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// `corral.yaml` is edited while the server runs.
class ReloadTest {
  private static final String CHAT =
      "{\"model\":\"%s\",\"stream\":false,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  private final OllamaNode node = OllamaNode.start();
  private final RunningCorral corral = RunningCorral.inFrontOf(node);

  @AfterEach
  void close() {
    corral.close();
    node.close();
  }

  @Test
  void anAliasThatIsAddedWorksWithoutARestart() {
    assertThat(chat("gpt-4o").status()).isEqualTo(404);
    write("aliases: {gpt-4o: markov-a}\n");
    RunningCorral.await(() -> chat("gpt-4o").status() == 200, "the alias works");
    RunningCorral.await(() -> corral.log().contains("taken over"), "the log says so");
  }

  @Test
  void aBrokenFileChangesNothingAndIsSaidAndAMendedOneIsTaken() {
    write("aliases: {gpt-4o: markov-a}\n");
    RunningCorral.await(() -> chat("gpt-4o").status() == 200, "the alias works");
    write("alaises: {other: markov-a}\n");
    RunningCorral.await(() -> refusal().contains("was not taken"), "the log says so");
    assertThat(refusal()).contains("alaises").contains("aliases");
    assertThat(chat("gpt-4o").status()).isEqualTo(200);
    assertThat(chat("other").status()).isEqualTo(404);
    write("aliases: {other: markov-a}\n");
    RunningCorral.await(() -> chat("other").status() == 200, "the mended file is taken");
    assertThat(chat("gpt-4o").status()).isEqualTo(404);
  }

  @Test
  void aNodeThatIsAddedAnswersAndOneThatIsTakenOutIsAskedNoLonger() {
    try (OllamaNode other = OllamaNode.start()) {
      corral.configure("backends: [{name: other, url: \"%s\"}]\n".formatted(other.url()));
      RunningCorral.await(
          () -> {
            other.forgetExchanges();
            return chat("markov-a").status() == 200 && !other.exchanges("/api/chat").isEmpty();
          },
          "the new node answers");
      node.forgetExchanges();
      assertThat(chat("markov-a").status()).isEqualTo(200);
      assertThat(node.exchanges("/api/chat")).isEmpty();
    }
  }

  @Test
  void aSmallerLimitOfBodiesHoldsForTheNextRequest() {
    write("limits: {body: 1KiB}\n");
    String large = CHAT.formatted("markov-a").replace("hi", "h".repeat(5_000));
    RunningCorral.await(
        () -> RawClient.post(corral.port(), "/api/chat", large).status() == 413, "the limit holds");
  }

  @Test
  void theTiersOfAnApplicationFollowItsFileForCallersAndForThoseWhoManage() {
    Path tiers = corral.home().resolve("tiers.yaml");
    RunningCorral.replace(tiers, "tiers: {free: {model: markov-a}}\n");
    write("tiers-file: tiers.yaml\n");
    RunningCorral.await(() -> answers("tier:free", "markov-a"), "the tier is known");

    RunningCorral.replace(tiers, "tiers: {free: {model: markov-b}}\n");
    RunningCorral.await(() -> answers("tier:free", "markov-b"), "the changed tier is known");
    assertThat(corral.manage("GET", "/manage/explain?model=tier:free", "").text())
        .contains("markov-b");

    RunningCorral.replace(tiers, "tiers: [\n");
    RunningCorral.await(() -> corral.log().contains("tiers.yaml is not valid YAML"), "it is said");
    RunningCorral.replace(tiers, "tiers: {free: {model: markov-a}}\n");
    RunningCorral.await(() -> answers("tier:free", "markov-a"), "the mended tier is known");
  }

  @Test
  void whatIsPrefetchedIsAskedOfTheNodesThatTheSameFileNames() {
    try (OllamaNode other = OllamaNode.start()) {
      other.onPull("chick", PullPlan.brings(TestModel.says("chick", "Peep")));
      corral.configure(
          "backends: [{name: other, url: \"%s\"}]\npull: {prefetch: [chick]}\n"
              .formatted(other.url()));
      RunningCorral.await(() -> !other.exchanges("/api/pull").isEmpty(), "the new node pulls");
      assertThat(node.exchanges("/api/pull")).isEmpty();
    }
  }

  private boolean answers(String asked, String model) {
    Answer answer = chat(asked);
    return answer.status() == 200 && answer.json().path("model").asText().startsWith(model);
  }

  private void write(String lines) {
    String backends = "backends: [{name: one, url: \"%s\"}]\n".formatted(node.url());
    corral.configure(backends + lines);
  }

  /// Whole lines of the log, the last of which may be in the making.
  private String refusal() {
    String log = corral.log();
    return log.substring(0, log.lastIndexOf('\n') + 1);
  }

  private Answer chat(String model) {
    return RawClient.post(corral.port(), "/api/chat", CHAT.formatted(model));
  }
}
