package dev.corral.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.corral.testkit.Await;
import dev.corral.testkit.TestModel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What every client that others wrote can do with Corral, in front of an Ollama node and on its
/// own engine. A subclass says how its client is asked; what must come back stands here, once.
@ParameterizedClass(name = "{0}")
@EnumSource(Backend.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 4, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class EveryClient {
  static final Duration PATIENCE = Await.LONG;
  static final String QUESTION = "What does the fox do?";

  /// The tool that every client offers; its one argument is a text called `tz`.
  static final String TOOL = "get_time";

  static final String TOOL_RESULT = "12:00";

  /// Of "The quick brown" and "The quick fox", as real Ollama gave it for `markov-embed`.
  private static final double LIKENESS = 0.8;

  private static final String SENTENCE = TestModel.FOX.strip();

  @SuppressWarnings("unused") // says what each round is given
  @Parameter
  private Backend backend;

  private Backend.Stage stage;

  /// One call of a tool, and what the model said once it had the result.
  record ToolTalk(String name, Map<String, Object> arguments, String answer) {}

  /// How a client tells that a model is missing.
  ///
  /// @param error the simple name of the client's own error
  record Missing(String error, String message) {}

  @BeforeParameterizedClassInvocation
  void startsCorral(Backend backend, @TempDir Path home) throws Exception {
    stage = backend.start(home);
  }

  @AfterParameterizedClassInvocation
  void closes() {
    if (stage != null) {
      stage.close();
    }
  }

  /// Without a slash at the end.
  final String corralUrl() {
    return "http://127.0.0.1:" + stage.port();
  }

  /// Where the client sends its chats.
  abstract String chatPath();

  /// The simple name of the error with which the client tells that there is no such model.
  abstract String notFoundError();

  abstract List<String> models() throws Exception;

  abstract String chat(String model) throws Exception;

  /// The pieces of the answer as they came, without those that carry no text.
  abstract List<String> streamedChat(String model) throws Exception;

  abstract List<List<Double>> embeddings(String model, List<String> texts) throws Exception;

  /// Offers [#TOOL], answers the call with [#TOOL_RESULT] and takes the model's last word.
  abstract ToolTalk toolTalk(String model) throws Exception;

  /// Asks a model that is not there.
  abstract Missing missing(String model) throws Exception;

  /// Leaves in the middle of a streamed chat.
  abstract void leavesAfterTheSecondPiece(String model) throws Exception;

  @Test
  void listsTheModelsOfTheBackend() throws Exception {
    assertThat(models()).containsExactlyInAnyOrderElementsOf(stage.models());
  }

  @Test
  void chats() throws Exception {
    assertThat(chat("markov-a").strip()).isEqualTo(SENTENCE);
  }

  @Test
  void getsAStreamedChatPieceByPiece() throws Exception {
    List<String> pieces = streamedChat("markov-a");
    assertThat(pieces).hasSizeGreaterThan(2);
    assertThat(String.join("", pieces).strip()).isEqualTo(SENTENCE);
  }

  @Test
  void getsEmbeddingsInTheOrderOfTheTexts() throws Exception {
    List<List<Double>> vectors =
        embeddings("markov-embed", List.of("The quick brown", "The quick fox", "The quick brown"));
    assertThat(vectors).hasSize(3);
    assertThat(vectors.get(2)).isEqualTo(vectors.get(0)).isNotEqualTo(vectors.get(1));
    assertThat(product(vectors.get(0), vectors.get(2))).isEqualTo(1, within(1e-5));
    assertThat(product(vectors.get(0), vectors.get(1))).isEqualTo(LIKENESS, within(1e-5));
  }

  @Test
  void isAskedToCallAToolAndAnsweredOnceItHas() throws Exception {
    ToolTalk talk = toolTalk("markov-tool");
    assertThat(talk.name()).isEqualTo(TOOL);
    assertThat(talk.arguments()).isEqualTo(Map.of("tz", "UTC"));
    assertThat(talk.answer().strip()).isEqualTo(SENTENCE);
  }

  @Test
  void tellsAMissingModelWithItsOwnErrorAndTheName() throws Exception {
    Missing missing = missing("nobody-has-this");
    assertThat(missing.error()).isEqualTo(notFoundError());
    assertThat(missing.message()).contains("nobody-has-this").contains("not found");
  }

  @Test
  void endsTheBackendsWorkWhenItLeavesAStream() throws Exception {
    leavesAfterTheSecondPiece(stage.endless());
    stage.awaitCancelled(chatPath());
  }

  private static double product(List<Double> a, List<Double> b) {
    double sum = 0;
    for (int i = 0; i < a.size(); i++) {
      sum += a.get(i) * b.get(i);
    }
    return sum;
  }
}
