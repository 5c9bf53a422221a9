package dev.corral.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.RunningCorral;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Fault;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RawClient;
import dev.corral.testkit.Where;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A broken answer never looks whole. Before its content it is an ordinary error; after, the caller
/// is told in its own dialect.
class BrokenAnswerTest {
  private final OllamaNode node = OllamaNode.start();
  private final RunningCorral corral = RunningCorral.inFrontOf(node);

  @AfterEach
  void close() {
    corral.close();
    node.close();
  }

  static Stream<Arguments> streams() {
    return Stream.of(
        Arguments.of("/api/chat", "{\"error\":"),
        Arguments.of("/v1/chat/completions", "data: {\"error\":"),
        Arguments.of("/v1/messages", "event: error"),
        Arguments.of("/v1/responses", "event: error"));
  }

  @ParameterizedTest
  @MethodSource("streams")
  void aStreamThatIsCutEndsWithAnErrorFrameAndWithoutALastChunk(String path, String frame) {
    node.inject(Fault.cutAfter(7), Where.inference());
    Answer answer = RawClient.post(corral.port(), path, body(path, true));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).contains(frame).doesNotContain("[DONE]", "\"done\":true");
    assertThat(answer.complete()).as("the framing must not say complete").isFalse();
  }

  @ParameterizedTest
  @MethodSource("streams")
  void aStreamThatEndsCleanlyWithoutItsTerminatorIsToldAsBroken(String path, String frame) {
    node.inject(Fault.cleanEndAfter(7), Where.inference());
    Answer answer = RawClient.post(corral.port(), path, body(path, true));
    assertThat(answer.text()).contains(frame);
    assertThat(answer.complete()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("streams")
  void aFrameThatIsCutInTwoIsToldAsBroken(String path, String frame) {
    node.inject(new Fault.HalfFrameAfter(5), Where.inference());
    Answer answer = RawClient.post(corral.port(), path, body(path, true));
    assertThat(answer.text()).contains(frame).doesNotContain("[DONE]", "\"done\":true");
    assertThat(answer.complete()).isFalse();
  }

  @Test
  void aNodeThatGoesAwayInMidStreamIsToldAndServesAgainOnceItIsBack() {
    node.inject(Fault.stallAfter(4), Where.inference().once());
    try (RawClient client = RawClient.connect(corral.port())) {
      client.post("/api/chat", body("/api/chat", true));
      client.readHead();
      assertThat(client.readChunk()).as("it has begun").isPresent();
      node.crash();
      StringBuilder rest = new StringBuilder();
      assertThatThrownBy(
              () -> {
                for (var chunk = client.readChunk();
                    chunk.isPresent();
                    chunk = client.readChunk()) {
                  rest.append(chunk.get().bytes().text());
                }
              })
          .as("no last chunk")
          .isInstanceOf(AssertionError.class);
      assertThat(rest.toString()).contains("{\"error\":");
    }
    node.acceptAgain();
    assertThat(RawClient.post(corral.port(), "/api/chat", body("/api/chat", false)).status())
        .isEqualTo(200);
  }

  @Test
  void theEmptyChunkOfADeadRunnerIsToldAsAnError() {
    node.inject(Fault.lateErrorAfter(3), Where.inference());
    Answer answer =
        RawClient.post(corral.port(), "/v1/chat/completions", body("/v1/chat/completions", true));
    assertThat(answer.text()).contains("data: {\"error\":");
  }

  @Test
  void anErrorLineOfTheNodeItselfPassesUntouchedAndOnce() {
    node.inject(Fault.lateErrorAfter(3), Where.inference());
    Answer answer = RawClient.post(corral.port(), "/api/chat", body("/api/chat", true));
    assertThat(answer.text().split("\"error\"", -1)).hasSize(2);
    assertThat(answer.text()).contains(Fault.RUNNER_DIED);
  }

  @Test
  void aWholeAnswerThatTheModelGaveUpIsAnErrorAndNotA200() {
    node.inject(new Fault.Repeats(), Where.inference());
    Answer answer = RawClient.post(corral.port(), "/api/chat", body("/api/chat", false));
    assertThat(answer.status()).isEqualTo(502);
  }

  @Test
  void aWebPageWith200IsNoAnswerOfAModel() {
    node.inject(new Fault.Html(), Where.inference());
    Answer answer = RawClient.post(corral.port(), "/api/chat", body("/api/chat", false));
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.text()).contains("web page");
  }

  @Test
  void aRedirectIsNotFollowed() {
    node.inject(new Fault.Redirect(302, "http://169.254.169.254/"), Where.inference());
    Answer answer = RawClient.post(corral.port(), "/api/chat", body("/api/chat", false));
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.text()).contains("redirect").doesNotContain("169.254");
  }

  @Test
  void twoLengthsThatDisagreeAreNoAnswer() {
    node.inject(new Fault.TwoLengths(), Where.inference());
    Answer answer = RawClient.post(corral.port(), "/api/chat", body("/api/chat", false));
    assertThat(answer.status()).isEqualTo(502);
  }

  @Test
  void aNodeThatHangsUpBeforeAByteIs502WithItsName() {
    node.inject(new Fault.CutBeforeHead(), Where.inference());
    Answer answer = RawClient.post(corral.port(), "/api/chat", body("/api/chat", false));
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.text()).contains("'one'");
  }

  @Test
  void aBusyNodesOwnWordsSurvive() {
    node.inject(Fault.busy(), Where.inference());
    Answer answer = RawClient.post(corral.port(), "/api/chat", body("/api/chat", false));
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.text()).contains(Fault.BUSY);
  }

  @Test
  void aNodeThatIsGoneIsNamedWithWhatToDoAndServesAgainAtOnceWhenItIsBack() {
    node.crash();
    Answer gone = RawClient.post(corral.port(), "/api/chat", body("/api/chat", false));
    assertThat(gone.status()).isEqualTo(502);
    assertThat(gone.text())
        .contains("Cannot connect to Ollama server at " + node.url())
        .contains("Start: 'ollama serve'");
    node.acceptAgain();
    Answer back = RawClient.post(corral.port(), "/api/chat", body("/api/chat", false));
    assertThat(back.status()).isEqualTo(200);
  }

  private static String body(String path, boolean stream) {
    return path.equals("/v1/responses")
        ? "{\"model\":\"markov-a\",\"stream\":%s,\"input\":\"hi\"}".formatted(stream)
        : "{\"model\":\"markov-a\",\"stream\":%s,\"max_tokens\":50,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
            .formatted(stream);
  }
}
