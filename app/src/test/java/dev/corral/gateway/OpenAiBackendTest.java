package dev.corral.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.RunningCorral;
import dev.corral.testkit.Answer;
import dev.corral.testkit.OpenAiNode;
import dev.corral.testkit.RawClient;
import dev.corral.testkit.TestModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A server that speaks OpenAI's API only, asked in both dialects.
class OpenAiBackendTest {
  private static final String CHAT =
      "{\"model\":\"%s\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  private final OpenAiNode node =
      OpenAiNode.builder()
          .key("secret-of-the-backend")
          .models(TestModel.says("org/fox", TestModel.FOX))
          .start();
  private final RunningCorral corral =
      RunningCorral.alone(
          """
          backends:
            - {name: cloud, url: "%s", kind: openai, key: secret-of-the-backend}
          aliases: {gpt-4o: org/fox}
          """
              .formatted(node.baseUrl()));

  OpenAiBackendTest() {
    RunningCorral.await(
        () -> RawClient.get(corral.port(), "/api/tags").text().contains("org/fox"),
        "the backend has been looked at");
  }

  @AfterEach
  void close() {
    corral.close();
    node.close();
  }

  @Test
  void itsOwnDialectPassesThrough() {
    Answer answer =
        RawClient.post(corral.port(), "/v1/chat/completions", CHAT.formatted("org/fox", "false"));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.text()).contains("quick brown fox").contains("\"choices\"");
  }

  @Test
  void ollamasChatIsTranslatedFrameByFrame() {
    Answer answer = RawClient.post(corral.port(), "/api/chat", CHAT.formatted("org/fox", "true"));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.lines()).hasSizeGreaterThan(3);
    assertThat(answer.lines().getLast().path("done").asBoolean()).isTrue();
    assertThat(answer.headers().first("Content-Type")).contains("application/x-ndjson");
  }

  @Test
  void anAliasIsListedAndAnswers() {
    assertThat(RawClient.get(corral.port(), "/api/tags").text()).contains("gpt-4o");
    assertThat(RawClient.get(corral.port(), "/v1/models").text()).contains("\"id\":\"gpt-4o\"");
    Answer answer = RawClient.post(corral.port(), "/api/chat", CHAT.formatted("GPT-4o", "false"));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.json().path("message").path("content").asText()).contains("fox");
  }

  @Test
  void showTellsWhatIsKnown() {
    Answer answer = RawClient.post(corral.port(), "/api/show", "{\"model\":\"org/fox\"}");
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.json().has("details")).isTrue();
  }

  @Test
  void itsKeyIsOursAndTheCallersStaysHere() {
    RawClient.post(corral.port(), "/v1/chat/completions", CHAT.formatted("org/fox", "false"));
    assertThat(
            node.exchanges("/v1/chat/completions")
                .getLast()
                .request()
                .headers()
                .all("Authorization"))
        .containsExactly("Bearer secret-of-the-backend");
  }
}
