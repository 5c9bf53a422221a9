package dev.corral.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OpenAiNodeTest {
  private static final String CHAT =
      "{\"model\":\"gpt-x\",\"messages\":[{\"role\":\"user\",\"content\":\"Go\"}]}";

  @Test
  void itKnowsOpenAisRoutesAndNoneOfOllamas() {
    try (OpenAiNode node =
        OpenAiNode.builder().models(TestModel.says("gpt-x", TestModel.FOX)).start()) {
      assertThat(RawClient.get(node.port(), "/v1/models").json().at("/data/0/id").asText())
          .isEqualTo("gpt-x");
      assertThat(
              RawClient.post(node.port(), "/v1/chat/completions", CHAT)
                  .json()
                  .at("/choices/0/message/content")
                  .asText())
          .isEqualTo(TestModel.FOX);
      assertThat(RawClient.get(node.port(), "/api/tags").status()).isEqualTo(404);
      assertThat(RawClient.get(node.port(), "/api/version").status()).isEqualTo(404);
    }
  }

  @Test
  void aKeyIsAskedForWhereOneIsSet() {
    try (OpenAiNode node = OpenAiNode.builder().key("secret").start();
        RawClient client = RawClient.connect(node.port())) {
      assertThat(RawClient.get(node.port(), "/v1/models").status()).isEqualTo(401);
      client.request("GET", "/v1/models", Headers.of("Authorization", "Bearer secret"), Body.EMPTY);
      assertThat(client.answer().status()).isEqualTo(200);
    }
  }
}
