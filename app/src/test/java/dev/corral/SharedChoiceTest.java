package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.testing.Postgres;
import dev.corral.testkit.Answer;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RawClient;
import org.junit.jupiter.api.Test;

/// Two instances on one PostgreSQL.
class SharedChoiceTest {
  private static final String NAMES_NONE =
      "{\"stream\":false,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  @Test
  void whatIsChosenAtOneAnswersAtTheOtherToo() {
    String database = "database: {url: \"" + Postgres.newDatabase() + "\"}\ndefault: markov-a\n";
    try (OllamaNode node = OllamaNode.start();
        RunningCorral one = RunningCorral.with(database, node);
        RunningCorral other = RunningCorral.with(database, node)) {
      assertThat(answering(other)).startsWith("markov-a");

      Answer chosen = one.manage("POST", "/manage/models/markov-b/use", "");

      assertThat(chosen.status()).as(chosen.text()).isEqualTo(200);
      assertThat(answering(one)).startsWith("markov-b");
      RunningCorral.await(
          () -> answering(other).startsWith("markov-b"), "the other has heard of it");
    }
  }

  private static String answering(RunningCorral corral) {
    return RawClient.post(corral.port(), "/api/chat", NAMES_NONE).json().path("model").asText();
  }
}
