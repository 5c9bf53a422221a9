package dev.corral.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.model.Dialect;
import dev.corral.model.ModelName;
import dev.corral.wire.Problem;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a real Ollama refused is refused by us with the same bytes.
class RecordedErrorsTest {

  private static void assertSame(ErrorBody ours, Recording theirs) {
    assertThat(ours.contentType()).isEqualTo(theirs.contentType());
    assertThat(withoutId(ours.bytes())).isEqualTo(withoutId(theirs.answer()));
  }

  private static String withoutId(byte[] body) {
    return new String(body, UTF_8).replaceFirst("req_[0-9a-f]{24}", "req_ID");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "badjson-chat",
        "badjson-copy",
        "badjson-embed",
        "badjson-embeddings",
        "badjson-generate",
        "badjson-show",
        "badjson-v1-chat",
        "badjson-v1-completions",
        "badjson-v1-embeddings",
        "badjson-v1-messages",
        "badjson-v1-responses",
        "emptybody-chat",
        "emptybody-copy",
        "emptybody-embed",
        "emptybody-embeddings",
        "emptybody-generate",
        "emptybody-show",
        "emptybody-v1-chat",
        "emptybody-v1-completions",
        "emptybody-v1-embeddings",
        "emptybody-v1-messages",
        "emptybody-v1-responses",
        "wrongtype-chat",
        "wrongtype-copy",
        "wrongtype-embed",
        "wrongtype-embeddings",
        "wrongtype-generate",
        "wrongtype-show",
        "wrongtype-v1-chat",
        "wrongtype-v1-completions",
        "wrongtype-v1-embeddings",
        "wrongtype-v1-messages",
        "wrongtype-v1-responses"
      })
  void aBodyThatCannotBeReadIsRefusedWithTheSameBytes(String name) {
    Recording recorded = Recording.named("err-" + name);
    Peeked peeked = Peek.at(recorded.call(), recorded.request());
    assertThat(peeked).isInstanceOf(Peeked.Bad.class);
    String text = ((Peeked.Bad) peeked).text();
    assertSame(ErrorBody.unread(recorded.call().dialect(), text), recorded);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "missing-chat",
        "missing-chat-stream",
        "missing-copy",
        "missing-delete",
        "missing-embed",
        "missing-embeddings",
        "missing-generate",
        "missing-generate-stream",
        "missing-show",
        "missing-v1-chat",
        "missing-v1-chat-stream",
        "missing-v1-completions",
        "missing-v1-embeddings",
        "missing-v1-messages",
        "missing-v1-messages-stream",
        "missing-v1-responses",
        "missing-v1-responses-stream",
        "badname-delete",
        "badname-dots-chat",
        "badname-dots-copy",
        "badname-dots-embed",
        "badname-dots-embeddings",
        "badname-dots-generate",
        "badname-dots-show",
        "badname-dots-v1-chat",
        "badname-dots-v1-completions",
        "badname-dots-v1-embeddings",
        "badname-dots-v1-messages",
        "badname-dots-v1-responses",
        "badname-space-chat",
        "badname-space-copy",
        "badname-space-embed",
        "badname-space-v1-messages",
        "noname-chat",
        "noname-copy",
        "noname-delete",
        "noname-embed",
        "noname-embeddings",
        "noname-generate",
        "noname-show",
        "noname-v1-chat",
        "noname-v1-completions",
        "noname-v1-embeddings",
        "noname-v1-responses",
        "pull-badname",
        "pull-noname",
        "create-badname"
      })
  void aNameThatMeansNothingIsRefusedInTheSameWords(String name) {
    Recording recorded = Recording.named("err-" + name);
    Call call = recorded.call();
    String asked = ((Peeked.Body) Peek.at(call, recorded.request())).target();
    Problem problem = refusal(call, asked);
    Problem bare = Problem.of(problem.status(), problem.message());
    assertThat(problem.status()).isEqualTo(recorded.status());
    ErrorBody ours = ErrorBody.render(call.dialect(), bare);
    if (recorded.contentType().startsWith("application/json;")
        || call.dialect() != Dialect.OLLAMA) {
      assertSame(ours, recorded);
    } else {
      assertThat(ours.bytes()).isEqualTo(recorded.answer());
    }
  }

  private static Problem refusal(Call call, String name) {
    if (name.isEmpty()) {
      return Words.nameRequired(call);
    }
    return ModelName.parse(name).isPresent()
        ? Words.notFound(call, name)
        : Words.invalidName(call, name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"copy-bad-dest", "copy-no-dest"})
  void aCopyToNowhereIsRefusedInTheSameWords(String name) {
    Recording recorded = Recording.named("err-" + name);
    Peeked.Body body = (Peeked.Body) Peek.at(Call.COPY, recorded.request());
    Problem problem = Words.invalidDestination(body.destination().orEmpty());
    assertSame(ErrorBody.render(Dialect.OLLAMA, problem), recorded);
  }
}
