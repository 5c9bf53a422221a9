package dev.corral.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class RecordingTest {
  /// One recorded upload has 262 MB, which proves no more than a smaller one.
  private static final long MUCH = 16 << 20;

  @Test
  void allRecordingsOfBothVersionsAreReadable() {
    assertThat(Recording.all(Recording.V0_33)).hasSize(345);
    assertThat(Recording.all(Recording.V0_24)).hasSize(244);
  }

  @Test
  void noRecordingHoldsAPathOfAMachine() {
    for (String version : List.of(Recording.V0_33, Recording.V0_24)) {
      for (Recording one : Recording.all(version)) {
        assertThat(one.responseBody().text())
            .as(one.name())
            .doesNotContainPattern("/(root|home|work|usr|tmp|var|opt)/");
      }
    }
  }

  @Test
  void aStreamIsReadWithItsChunks() {
    Recording chat = Recording.of(Recording.V0_33, "chat-stream");

    assertThat(chat.method() + " " + chat.target()).isEqualTo("POST /api/chat");
    assertThat(chat.requestBody().json().path("model").asText()).isEqualTo("markov-a");
    assertThat(chat.status()).isEqualTo(200);
    assertThat(chat.pieces()).hasSize(10);
    assertThat(chat.pieces().getLast().text()).contains("\"done\":true").endsWith("\n");
    assertThat(chat.terminated()).isTrue();
  }

  @Test
  void abridgedHiddenAndBrokenOnesSaySo() {
    Recording killed = Recording.of(Recording.V0_33, "runner-killed-v1-chat-stream");
    assertThat(killed.abridged()).isTrue();
    assertThat(killed.pieces()).hasSize(45).allMatch(piece -> piece.text().startsWith("data: "));
    assertThat(Recording.of(Recording.V0_33, "blob-post-created").hiddenRequestBytes())
        .isEqualTo(1_118_848);
    assertThat(Recording.of(Recording.V0_33, "err-context-v1-chat-stream").requestToSend())
        .matches(body -> body.size() == 60_102 && body.json().path("stream").asBoolean());
    assertThat(Recording.of(Recording.V0_33, "pull-server-killed").terminated()).isFalse();
    assertThat(Recording.of(Recording.V0_33, "cancel-in-prefill").status()).isZero();
  }

  @TestFactory
  Stream<DynamicTest> aRecordedNodeAnswersByteForByte() {
    return Stream.of(Recording.V0_33, Recording.V0_24)
        .flatMap(version -> Recording.all(version).stream())
        .filter(one -> one.status() > 0 && one.hiddenRequestBytes() < MUCH)
        .map(one -> DynamicTest.dynamicTest(one.toString(), () -> comesBack(one)));
  }

  private static void comesBack(Recording one) {
    try (RecordedNode node = RecordedNode.start(List.of(one));
        RawClient client = RawClient.connect(node.port())) {
      client.request(one.method(), one.target(), one.requestHeaders(), one.requestToSend());
      Answer answer = client.answer();

      assertThat(answer.status()).isEqualTo(one.status());
      assertThat(answer.body()).isEqualTo(one.responseBody());
      assertThat(answer.complete()).isEqualTo(one.terminated());
      assertThat(answer.headers().lines().stream().map(Headers.Header::name))
          .containsExactlyElementsOf(
              one.responseHeaders().lines().stream().map(Headers.Header::name).toList());
      if (!one.chunks().isEmpty()) {
        assertThat(answer.chunks().stream().map(chunk -> chunk.bytes().size()))
            .containsExactlyElementsOf(one.chunks());
      }
    }
  }

  @Test
  void whatIsNotRecordedGoesToTheLivelyNode() {
    Recording tags = Recording.of(Recording.V0_33, "tags");
    try (RecordedNode node = RecordedNode.builder().live(TestModel.says("only", " One.")).start()) {
      node.play(tags);

      Answer probe = RawClient.get(node.port(), "/api/tags");
      assertThat(probe.json().path("models")).hasSize(1);
      try (RawClient client = RawClient.connect(node.port())) {
        client.request("GET", "/api/tags", tags.requestHeaders(), Body.EMPTY);
        assertThat(client.answer().body()).isEqualTo(tags.responseBody());
      }
      assertThat(node.unmatched()).hasSize(1);
    }
  }
}
