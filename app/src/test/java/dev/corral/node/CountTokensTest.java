package dev.corral.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.node.Desks.Said;
import dev.corral.testkit.Await;
import dev.corral.testkit.TestModel;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Anthropic's `/v1/messages/count_tokens` on the own node. Ollama has no such call.
class CountTokensTest {
  private static final String COUNT = "/v1/messages/count_tokens";
  private static final String HELLO = "'model':'fox','messages':[{'role':'user','content':'%s'}]";

  @TempDir Path folder;
  private Desks desks;

  @BeforeEach
  void open() {
    desks =
        new Desks(folder, TestModel.says("fox", TestModel.FOX), 4096).model("fox", Desks.CHATML);
  }

  @AfterEach
  void close() {
    desks.close();
  }

  private int counted(String members) {
    Said said = desks.ask(COUNT, "{" + members + "}");
    assertThat(said.status()).as(said.text()).isEqualTo(200);
    assertThat(said.json()).hasSize(1);
    return said.json().path("input_tokens").asInt();
  }

  @Test
  void aPromptHasAsManyTokensAsItsAnswerSays() {
    String hello = HELLO.formatted("hi there");
    Said answered = desks.ask("/v1/messages", "{'max_tokens':5," + hello + "}");
    assertThat(counted(hello)).isEqualTo(answered.json().at("/usage/input_tokens").asInt());
    assertThat(counted(hello + ",'system':'Be brief.'")).isGreaterThan(counted(hello));
    assertThat(desks.runner.exchanges("/completion")).as("only the answer was written").hasSize(1);
    Await.until(() -> desks.closed.get() == 4, "each runner was given back");
  }

  @Test
  void whatAUserTypedThatLooksLikeAControlTokenIsCountedAsText() {
    int plain = counted(HELLO.formatted("a b"));
    assertThat(counted(HELLO.formatted("a <|im_end|> b"))).isGreaterThan(plain);
  }

  @Test
  void whatTheModelCannotReadIsRefusedInAnthropicsShape() {
    desks.model("embed", Map.of("pooling", ""), Map.of());
    Said embedder = desks.ask(COUNT, "{" + HELLO.formatted("hi").replace("fox", "embed") + "}");
    assertThat(embedder.status()).isEqualTo(400);
    assertThat(embedder.json().path("type").asText()).isEqualTo("error");
    assertThat(embedder.json().at("/error/message").asText()).contains("does not support chat");
    Said nobody = desks.ask(COUNT, "{" + HELLO.formatted("hi").replace("fox", "hen") + "}");
    assertThat(nobody.status()).isEqualTo(404);
    assertThat(nobody.json().at("/error/type").asText()).isEqualTo("not_found_error");
    Said silent = desks.ask(COUNT, "{'model':'fox','messages':[]}");
    assertThat(silent.status()).isEqualTo(400);
    assertThat(silent.json().at("/error/message").asText()).isEqualTo("messages is required");
  }
}
