package dev.corral.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.RunningCorral;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Headers;
import dev.corral.testkit.RawClient;
import dev.corral.testkit.RecordedNode;
import dev.corral.testkit.Recording;
import dev.corral.testkit.TestModel;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every exchange that was recorded from a real Ollama, through the whole program against a node
/// that answers the recording: it comes back byte for byte but for the headers we add. What differs
/// on purpose stands in [#DIFFERENT] with its reason. Pulls are left to `NodePullTest`: they are
/// jobs of ours, told in Ollama's events but with our own looks and second tries.
class ReplayTest {
  /// What we answer otherwise than the node: our status, words of ours, and why.
  record Other(int status, String words, String why) {}

  private static final Other ANCHOR =
      new Other(
          403,
          "is how Corral keeps what a name meant before",
          "the names of old revisions are nobody else's");

  private static final Other GIVEN_UP =
      new Other(
          502,
          "The model stopped in the middle of its answer",
          "an answer that the model gave up is an error, not a 200");

  private static final Map<String, Other> DIFFERENT =
      Map.of(
          "anchor-6-rollback-copy", ANCHOR,
          "delete", ANCHOR,
          "err-host-foreign",
              new Other(421, "corral keys create NAME", "the way out instead of a bare 403"),
          "stutter-generate-nostream", GIVEN_UP,
          "stutter-v1-chat-nostream", GIVEN_UP,
          "v1-messages-count-tokens",
              new Other(404, "does not count tokens", "Anthropic's shape for a call it lacks"));

  private static RecordedNode node;
  private static RunningCorral corral;

  @BeforeAll
  static void open() {
    node = RecordedNode.builder().live(TestModel.markov().toArray(TestModel[]::new)).start();
    corral = RunningCorral.with("pull: {registries: [" + registries() + "]}\n", node);
  }

  /// The doubles that the recorded node was sent to, and its nobody at port 1.
  private static String registries() {
    return IntStream.concat(IntStream.of(1), IntStream.rangeClosed(25_000, 25_010))
        .mapToObj(port -> "\"http://127.0.0.1:" + port + "\"")
        .collect(Collectors.joining(", "));
  }

  @AfterAll
  static void close() {
    corral.close();
    node.close();
  }

  static Stream<Recording> recordings() {
    return Recording.all(Recording.V0_33).stream()
        .filter(recording -> recording.repeatable() && recording.status() != 0)
        .filter(recording -> !DIFFERENT.containsKey(recording.name()))
        .filter(recording -> !recording.target().equals("/api/pull"));
  }

  @ParameterizedTest
  @MethodSource("recordings")
  void whatANodeAnswersComesBackByteForByte(Recording recording) {
    Answer answer = answer(recording);
    assertThat(answer.status()).isEqualTo(recording.status());
    assertThat(relevant(answer.headers())).isEqualTo(relevant(recording.responseHeaders()));
    String told = unnumbered(recording.responseBody().text());
    String got = unnumbered(answer.text());
    if (broken(recording)) {
      assertThat(got).startsWith(told).as("and then says that it broke").contains("error");
    } else if (recording.status() == 404 && got.contains(". Pull it: corral pull ")) {
      assertThat(got.replaceAll("\\. Pull it: corral pull [^\"\\\\]*", "")).isEqualTo(told);
    } else {
      assertThat(got).isEqualTo(told);
    }
  }

  @ParameterizedTest
  @MethodSource("different")
  void whatDiffersOnPurposeDiffersAsItShould(String name, Other other) {
    Recording recording =
        Recording.all(Recording.V0_33).stream()
            .filter(one -> one.name().equals(name))
            .findFirst()
            .orElseThrow();
    Answer answer = answer(recording);
    assertThat(answer.status()).as(other.why()).isEqualTo(other.status());
    assertThat(answer.text()).contains(other.words());
  }

  static Stream<Arguments> different() {
    return DIFFERENT.entrySet().stream().map(one -> Arguments.of(one.getKey(), one.getValue()));
  }

  private static Answer answer(Recording recording) {
    node.play(recording);
    try (RawClient client = RawClient.connect(corral.port())) {
      return client
          .request(
              recording.method(),
              recording.target(),
              recording.requestHeaders(),
              recording.requestToSend())
          .answer();
    }
  }

  /// Anthropic's errors carry a number of their own.
  private static String unnumbered(String text) {
    return text.replaceAll("req_[0-9a-f]{24}", "req_N");
  }

  /// Streams that the node ended without their end mark, or did not end.
  private static boolean broken(Recording recording) {
    String name = recording.name();
    return !recording.terminated()
        || (name.startsWith("runner-killed") && name.contains("v1") && name.contains("stream"))
        || name.equals("stutter-generate-stream")
        || name.equals("stutter-v1-chat-stream");
  }

  /// Headers that say something about the answer; the others belong to the connection, and the
  /// length follows the words.
  private static Map<String, List<String>> relevant(Headers headers) {
    Set<String> connection =
        Set.of("connection", "transfer-encoding", "content-length", "date", "x-request-id", "vary");
    Map<String, List<String>> relevant = new TreeMap<>();
    headers.lines().stream()
        .map(header -> Map.entry(header.name().toLowerCase(Locale.ROOT), header.value()))
        .filter(header -> !connection.contains(header.getKey()))
        .filter(header -> !header.getKey().startsWith("x-corral-"))
        .forEach(header ->
            relevant.merge(header.getKey(), List.of(header.getValue()), ReplayTest::both));
    return relevant;
  }

  private static List<String> both(List<String> a, List<String> b) {
    return Stream.concat(a.stream(), b.stream()).toList();
  }
}
