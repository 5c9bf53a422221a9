package dev.corral.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/// The double answers recorded requests as the real server did: status, headers, fields in their
/// order, words, number of frames.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OllamaNodeRecordingTest {
  /// Requests that need a state of the real server which the double does not have, or what its
  /// description says it leaves out.
  private static final Set<String> NOT_IMITATED =
      Set.of(
          "chat-debug-render",
          "generate-format-json",
          "generate-logprobs",
          "err-embed-numctx-1",
          "err-pull-nonet",
          "err-pull-nonet-nostream",
          "err-pull-refused",
          "err-push-nonet",
          "err-create-bad-file",
          "err-create-not-gguf",
          "err-create-no-llama-quantize",
          "err-create-unknown-architecture",
          "generate-shift-false-context-full");

  private static final List<String> PREFIXES =
      List.of(
          "err-badjson",
          "err-badname",
          "err-emptybody",
          "err-missing",
          "err-noname",
          "err-wrongtype",
          "err-method",
          "err-v1",
          "err-tools",
          "err-think",
          "err-create",
          "err-copy",
          "err-cloud",
          "err-pull",
          "err-push",
          "chat-",
          "generate-",
          "v1-chat",
          "v1-completions",
          "v1-embeddings",
          "v1-messages",
          "v1-responses",
          "stutter-",
          "embed",
          "load-",
          "unload");

  private static final Set<String> MORE =
      Set.of(
          "root-get",
          "root-head",
          "version-get",
          "version-head",
          "status-get",
          "tags-head",
          "v1-model-one",
          "ps-empty",
          "blob-post-baddigest",
          "blob-post-mismatch",
          "err-chat-on-embed-model",
          "err-generate-on-embed-model",
          "err-embed-on-text-model",
          "err-delete-by-post",
          "err-double-slash",
          "err-trailing-slash",
          "err-favicon",
          "err-unknown-path",
          "err-unknown-v1",
          "err-host-foreign",
          "err-host-local-domain",
          "err-origin-foreign",
          "err-origin-local",
          "err-options-cors",
          "err-format-bad",
          "err-keepalive-bad",
          "err-logprobs-range",
          "err-option-unknown",
          "err-option-wrong-type",
          "err-raw-and-system",
          "err-suffix-unsupported",
          "err-effort-bad-v1",
          "err-image-http-url-v1",
          "err-image-to-text-chat",
          "err-image-to-text-generate",
          "err-image-to-text-v1",
          "err-me",
          "err-web-search",
          "tags",
          "ps",
          "v1-models");

  private OllamaNode node;

  @BeforeAll
  void start() {
    node = OllamaNode.builder().model(TestModel.says("markov-a-derived", TestModel.FOX)).start();
  }

  @AfterAll
  void stop() {
    node.close();
  }

  @TestFactory
  Stream<DynamicTest> theDoubleAnswersAsTheRealServerDid() {
    Predicate<String> imitated =
        name -> MORE.contains(name) || PREFIXES.stream().anyMatch(name::startsWith);
    return Recording.all(Recording.V0_33).stream()
        .filter(one -> imitated.test(one.name()) && !NOT_IMITATED.contains(one.name()))
        .filter(one -> one.repeatable() && !one.abridged())
        .map(one -> DynamicTest.dynamicTest(one.name(), () -> sameAs(one)));
  }

  private void sameAs(Recording real) {
    try (RawClient client = RawClient.connect(node.port())) {
      prepare(real);
      client.request(real.method(), real.target(), real.requestHeaders(), real.requestBody());
      Answer answer = client.answer();

      assertThat(answer.status()).isEqualTo(real.status());
      assertThat(answer.complete()).isTrue();
      assertThat(names(answer.headers())).isEqualTo(names(real.responseHeaders()));
      for (String name : List.of("Content-Type", "Allow", "Location", "Cache-Control", "Vary")) {
        assertThat(answer.headers().all(name)).isEqualTo(real.responseHeaders().all(name));
      }
      if (lists(real)) {
        assertThat(Shape.of(answer.json().path("models").path(0)).replaceAll("'[^']*'", "s"))
            .isEqualTo(
                Shape.of(real.responseBody().json().path("models").path(0))
                    .replaceAll("'[^']*'", "s"));
      } else if (!real.name().equals("v1-models")) {
        assertThat(frames(answer.text())).isEqualTo(frames(real.responseBody().text()));
        assertThat(real.chunks().isEmpty() || real.chunks().size() == answer.chunks().size())
            .as("%s chunks, recorded %s", answer.chunks().size(), real.chunks().size())
            .isTrue();
      }
    }
  }

  private void prepare(Recording real) {
    node.modelNames().forEach(this::unload);
    if (real.name().equals("ps")) {
      node.load("markov-a");
    }
  }

  private void unload(String name) {
    RawClient.post(node.port(), "/api/generate", "{\"model\":\"" + name + "\",\"keep_alive\":0}");
  }

  private static boolean lists(Recording real) {
    return real.name().equals("tags") || real.name().equals("ps");
  }

  /// The length is told in one of two ways, which depends on the words of the body alone.
  private static Set<String> names(Headers headers) {
    Set<String> names = new TreeSet<>(headers.lines().stream().map(Headers.Header::name).toList());
    if (names.removeAll(Set.of("Content-Length", "Transfer-Encoding"))) {
      names.add("(framing)");
    }
    return names;
  }

  private static List<String> frames(String body) {
    return body.lines()
        .filter(line -> !line.isBlank())
        .map(line -> {
          int json = line.indexOf('{');
          return json < 0
              ? line
              : line.substring(0, json) + Shape.of(Body.of(line.substring(json)).json());
        })
        .toList();
  }
}
