package dev.corral.runner.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.corral.runner.TinyModels;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Vectors, by a model that gives a text the mean of its tokens' unit vectors.
class EmbeddingTest {

  @TempDir private Path folder;

  @Test
  void textsThatShareFourOfFiveTokensAreEightTenthsAlike() throws Exception {
    try (var engine = load("markov-embed", 2, Pooling.MODEL)) {
      var vectors =
          embed(engine, "The quick brown", "The quick fox", "lazy dog.").embedded().vectors();

      assertThat(vectors).allMatch(rows -> rows.size() == 1);
      assertThat(cosine(vectors.get(0), vectors.get(1))).isCloseTo(0.8, within(1e-6));
      assertThat(cosine(vectors.get(0), vectors.get(2))).isCloseTo(0, within(1e-6));
      assertThat(vectors.getFirst().getFirst()).hasSize(engine.facts().embeddingLength());
      assertThat(engine.facts().pooling()).isEqualTo(Pooling.MEAN);
    }
  }

  @Test
  void manyTextsComeBackInTheirOrder() throws Exception {
    try (var engine = load("markov-embed", 3, Pooling.MODEL)) {
      var texts = Stream.of("The", "quick", "brown", "fox", "jumps", "over", "lazy").toList();
      var together = embed(engine, texts.toArray(String[]::new)).embedded();

      assertThat(together.vectors()).hasSize(7);
      assertThat(together.nanos()).isPositive();
      for (int i = 0; i < texts.size(); i++) {
        var alone = embed(engine, texts.get(i)).embedded().vectors().getFirst();
        assertThat(cosine(together.vectors().get(i), alone)).isCloseTo(1, within(1e-6));
      }
    }
  }

  @Test
  void textsAreNotMixedUpWhereEachSlotHasItsOwnCache() throws Exception {
    var settings =
        Asked.settings(TinyModels.unpack("markov-embed", folder), TinyModels.natives(), 1024, 2);
    try (var engine = Engine.load(Asked.apart(settings), share -> {})) {
      var vectors = embed(engine, "The quick brown", "The quick fox").embedded().vectors();

      assertThat(cosine(vectors.get(0), vectors.get(1))).isCloseTo(0.8, within(1e-6));
    }
  }

  @Test
  void aTextThatIsTooLongIsRefusedWithBothCounts() throws Exception {
    try (var engine = load("markov-embed", 1, Pooling.MODEL)) {
      var heard = new Heard();
      engine.submit(new Task.Embed(List.of(List.of(5), Collections.nCopies(600, 5))), heard);

      assertThat(heard.failed().kind()).isEqualTo(TaskFailed.Kind.EXCEEDS_CONTEXT);
      assertThat(heard.failed().promptTokens()).isEqualTo(600);
      assertThat(heard.failed().limit()).isEqualTo(512);
      assertThat(embed(engine, "The").embedded().vectors()).hasSize(1);
      assertThat(heard.ends()).isEqualTo(1);
    }
  }

  @Test
  void aTextWithoutTokensIsRefusedAndNoTextsAreNoVectors() throws Exception {
    try (var engine = load("markov-embed", 1, Pooling.MODEL)) {
      var empty = new Heard();
      engine.submit(new Task.Embed(List.of(List.of())), empty);
      var none = new Heard();
      engine.submit(new Task.Embed(List.of()), none);

      assertThat(empty.failed().kind()).isEqualTo(TaskFailed.Kind.INVALID);
      assertThat(none.embedded().vectors()).isEmpty();
    }
  }

  @Test
  void aModelThatPoolsNothingGivesAVectorForEachToken() throws Exception {
    try (var engine = load("markov-a", 1, Pooling.MODEL)) {
      var tokens = engine.tokenize("The quick", false, false);
      var rows = embed(engine, "The quick").embedded().vectors().getFirst();

      assertThat(engine.facts().pooling()).isEqualTo(Pooling.NONE);
      assertThat(rows).hasSize(tokens.size());
      for (int i = 0; i < rows.size(); i++) {
        assertThat(hottest(rows.get(i))).isEqualTo(tokens.get(i));
      }
    }
  }

  @Test
  void theLastTokensVectorCanStandForTheText() throws Exception {
    try (var engine = load("markov-a", 1, Pooling.LAST)) {
      var tokens = engine.tokenize("The quick", false, false);
      var rows = embed(engine, "The quick").embedded().vectors().getFirst();

      assertThat(rows).hasSize(1);
      assertThat(hottest(rows.getFirst())).isEqualTo(tokens.getLast());
    }
  }

  @Test
  void vectorsAndAnswersComeFromOneModelAtOnce() throws Exception {
    try (var engine = load("markov-a", 2, Pooling.NONE)) {
      var words = new Heard();
      engine.submit(Ask.greedy(engine.tokenize("x", false, false), -1).task(), words);
      var vectors = embed(engine, "The quick", "fox");

      assertThat(vectors.embedded().vectors()).hasSize(2);
      assertThat(words.text()).isEqualTo(TinyModels.SENTENCE);
      assertThat(embed(engine, "dog").embedded().vectors()).hasSize(1);
    }
  }

  private Engine load(String name, int slots, Pooling pooling) throws Exception {
    var natives = TinyModels.natives();
    var settings = Asked.settings(TinyModels.unpack(name, folder), natives, 512, slots);
    return Engine.load(Asked.pooling(settings, pooling), share -> {});
  }

  private static Heard embed(Engine engine, String... texts) {
    var heard = new Heard();
    var inputs = Stream.of(texts).map(text -> engine.tokenize(text, true, false)).toList();
    engine.submit(new Task.Embed(inputs), heard);
    heard.await();
    return heard;
  }

  private static int hottest(float[] vector) {
    return IntStream.range(0, vector.length)
        .reduce((best, i) -> vector[i] > vector[best] ? i : best)
        .orElseThrow();
  }

  private static double cosine(List<float[]> one, List<float[]> other) {
    float[] a = one.getFirst();
    float[] b = other.getFirst();
    double dot = 0;
    double squareA = 0;
    double squareB = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
      squareA += a[i] * a[i];
      squareB += b[i] * b[i];
    }
    return dot / Math.sqrt(squareA * squareB);
  }
}
