package dev.corral.runner.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.corral.runner.TinyModels;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One answer at a time, by a model whose answer is known.
class AnswerTest {

  private static Engine engine;
  private static List<Integer> prompt;

  @BeforeAll
  static void load(@TempDir Path folder) throws Exception {
    var natives = TinyModels.natives();
    var model = TinyModels.unpack("markov-a", folder);
    engine = Engine.load(Asked.settings(model, natives, 1024, 1), share -> {});
    prompt = engine.tokenize("<|im_start|>user\nSay it.<|im_end|>\n", true, true);
  }

  @AfterAll
  static void unload() {
    if (engine != null) {
      engine.close();
    }
  }

  @Test
  void theModelSaysWhatItIs() {
    var facts = engine.facts();

    assertThat(facts.contextLength()).isEqualTo(1024);
    assertThat(facts.trainedContext()).isEqualTo(4096);
    assertThat(facts.architecture()).isEqualTo("llama");
    assertThat(facts.chatTemplate()).contains("<|im_start|>");
    assertThat(facts.eos()).isEqualTo(new Facts.SpecialToken(260, "<|im_end|>"));
    assertThat(facts.natives()).startsWith("cpu");
    assertThat(facts.libraryVersion()).startsWith("0.5.");
    assertThat(facts.devices()).extracting(Facts.Device::name).contains("CPU");
  }

  @Test
  void theAnswerIsTheSentenceAndItsLastTokenHasNoText() {
    var heard = ask(Ask.greedy(prompt, -1));

    assertThat(heard.text()).isEqualTo(TinyModels.SENTENCE);
    assertThat(heard.ended().reason()).isEqualTo(Ended.Reason.EOS);
    assertThat(heard.ended().counts().prompt()).isEqualTo(prompt.size());
    assertThat(heard.ended().counts().predicted()).isEqualTo(10);
    assertThat(heard.pieces.getLast().ends()).isTrue();
    assertThat(heard.pieces.getLast().text()).isEmpty();
    assertThat(heard.ends()).isEqualTo(1);
  }

  @Test
  void durationsAreToldForReadingAndWriting() {
    var timings = ask(Ask.greedy(prompt, -1)).ended().timings();

    assertThat(timings.waitNanos()).isNotNegative();
    assertThat(timings.promptNanos()).isPositive();
    assertThat(timings.predictedNanos()).isPositive();
  }

  @Test
  void anAnswerEndsAtTheMostTokensThatWereAskedFor() {
    var one = ask(Ask.greedy(prompt, 1));
    var none = ask(Ask.greedy(prompt, 0));

    assertThat(one.text()).isEqualTo(" The");
    assertThat(one.ended().reason()).isEqualTo(Ended.Reason.LIMIT);
    assertThat(one.ended().counts().predicted()).isEqualTo(1);
    // A llama-server draws one before it looks at the limit.
    assertThat(none.text()).isEqualTo(" The");
    assertThat(none.ended().counts().predicted()).isEqualTo(1);
  }

  @Test
  void aStopTextThatSpansTokensEndsTheAnswer() {
    var heard = ask(Ask.greedy(prompt, -1).stops("nothing", "n fox ju"));

    assertThat(heard.text()).isEqualTo(" The quick brow");
    assertThat(heard.ended().reason()).isEqualTo(Ended.Reason.WORD);
    assertThat(heard.ended().stoppingWord()).isEqualTo("n fox ju");
  }

  @Test
  void textThatWasHeldForAStopTextComesAfterAll() {
    var heard = ask(Ask.greedy(prompt, -1).stops("dog. And more"));

    assertThat(heard.heardSoFar()).isEqualTo(" The quick brown fox jumps over the lazy ");
    assertThat(heard.ended().tail()).isEqualTo("dog.");
  }

  @Test
  void theChanceOfATokenIsToldWithItsRivals() {
    var heard = ask(Ask.greedy(prompt, 2).probs(2));
    var chance = heard.pieces.getFirst().chance();

    assertThat(chance.logprob()).isCloseTo(0, within(1e-5));
    assertThat(chance.top()).hasSize(2);
    assertThat(chance.top().getFirst().id()).isEqualTo(heard.pieces.getFirst().id());
    // What an Ollama told about this model.
    assertThat(chance.top().get(1).logprob()).isCloseTo(-19.968076, within(1e-4));
  }

  @Test
  void nobodyIsToldChancesWhoDidNotAsk() {
    assertThat(ask(Ask.greedy(prompt, 1)).pieces.getFirst().chance()).isNull();
  }

  @Test
  void aGrammarAllowsOnlyWhatItSays() {
    var heard = ask(Ask.greedy(prompt, -1).grammar("root ::= \" quick\" \" brown\" \" dog.\""));

    assertThat(heard.text()).isEqualTo(" quick brown dog.");
    assertThat(heard.ended().reason()).isEqualTo(Ended.Reason.EOS);
  }

  @Test
  void aGrammarOfJsonGivesJson() {
    var grammar =
        """
        root ::= "{" string ":" [0-9] "}"
        string ::= "\\"" [a-c] "\\""
        """;

    assertThat(ask(Ask.greedy(prompt, -1).grammar(grammar)).text()).matches("\\{\"[a-c]\":[0-9]}");
  }

  @Test
  void aGrammarThatDoesNotParseIsRefused() {
    var failed = ask(Ask.greedy(prompt, -1).grammar("root ::= (((")).failed();

    assertThat(failed.kind()).isEqualTo(TaskFailed.Kind.INVALID);
    assertThat(failed.message()).contains("grammar");
  }

  @Test
  void theSameSeedDrawsTheSameAnswer() {
    var hot = new Sampling(50, 0, 1, 0, 1, 1, 0, 0, 0, 0, 5, 0.1f, 42, true);
    var task = Ask.greedy(prompt, 30).sampled(hot);
    var first = ask(task).pieces;

    assertThat(ask(task).pieces).extracting(Piece::id).isEqualTo(ids(first));
    var other = new Sampling(50, 0, 1, 0, 1, 1, 0, 0, 0, 0, 5, 0.1f, 43, true);
    assertThat(ask(Ask.greedy(prompt, 30).sampled(other)).pieces)
        .extracting(Piece::id)
        .isNotEqualTo(ids(first));
  }

  private static List<Integer> ids(List<Piece> pieces) {
    return pieces.stream().map(Piece::id).toList();
  }

  @Test
  void everyWayOfSamplingKeepsToTheSureWord() {
    // Each next word of this model has 20 logits more than any other.
    var ways =
        List.of(
            Sampling.OLLAMA,
            Sampling.LLAMA_SERVER,
            new Sampling(0.8f, 1, 0.5f, 0.1f, 0.9f, 1, 64, 0, 0, 0, 5, 0.1f, 1, false),
            new Sampling(0.8f, 40, 0.9f, 0, 1, 1.1f, -1, 0.1f, 0.1f, 0, 5, 0.1f, 1, false),
            new Sampling(0.8f, 40, 0.9f, 0, 1, 1, 64, 0, 0, 1, 0.1f, 0.1f, 1, false),
            new Sampling(0.8f, 40, 0.9f, 0, 1, 1, 64, 0, 0, 2, 5, 0.1f, 1, false));

    for (var way : ways) {
      assertThat(ask(Ask.greedy(prompt, 20).sampled(way)).text())
          .as(way.toString())
          .isEqualTo(TinyModels.SENTENCE);
    }
  }

  @Test
  void aPenaltyForWordsThatWereSeenKeepsThemAway() {
    var strict = new Sampling(0, 0, 1, 0, 1, 1, -1, 0, 100, 0, 5, 0.1f, -1, false);
    var seen = engine.tokenize(" The", false, false);

    var heard = ask(Ask.greedy(seen, 1).sampled(strict));
    var plain = ask(Ask.greedy(seen, 1));

    assertThat(plain.text()).isEqualTo(" quick");
    var again = engine.tokenize(" The quick brown fox jumps over the lazy dog. The", false, false);
    assertThat(heard.text()).isEqualTo(" quick");
    assertThat(ask(Ask.greedy(again, 1).sampled(strict)).text()).isNotEqualTo(" quick");
  }

  @Test
  void anEndThatIsIgnoredIsNeverDrawn() {
    var endless = new Sampling(0, 0, 1, 0, 1, 1, 0, 0, 0, 0, 5, 0.1f, -1, true);

    var heard = ask(Ask.greedy(prompt, 25).sampled(endless));

    assertThat(heard.ended().reason()).isEqualTo(Ended.Reason.LIMIT);
    assertThat(heard.pieces).noneMatch(Piece::ends).hasSize(25);
  }

  @Test
  void optionsThatCannotBeAreRefused() {
    var zero = new Sampling(0.8f, 40, 0.9f, 0, 1, 0, 64, 0, 0, 0, 5, 0.1f, -1, false);
    var unheardOf = new Sampling(0.8f, 40, 0.9f, 0, 1, 1, 64, 0, 0, 3, 5, 0.1f, -1, false);

    assertThat(ask(Ask.greedy(prompt, 1).sampled(zero)).failed().message())
        .contains("repeat_penalty");
    assertThat(ask(Ask.greedy(prompt, 1).sampled(unheardOf)).failed().message())
        .contains("mirostat");
  }

  @Test
  void promptsThatAreNoneAreRefused() {
    assertThat(ask(Ask.greedy(List.of(), 1)).failed().kind()).isEqualTo(TaskFailed.Kind.INVALID);
    assertThat(ask(Ask.greedy(List.of(5, 320), 1)).failed().message()).contains("320");
    assertThat(ask(Ask.greedy(List.of(-1), 1)).failed().kind()).isEqualTo(TaskFailed.Kind.INVALID);
  }

  @Test
  void controlTokensAreTextOnlyWhereThatIsWanted() {
    assertThat(engine.pieces(List.of(260))).containsExactly("<|im_end|>".getBytes(UTF_8));
    assertThat(engine.tokenize("<|im_end|>", false, true)).containsExactly(260);
    assertThat(engine.tokenize("<|im_end|>", false, false)).hasSizeGreaterThan(1);
  }

  @Test
  void aListenerThatThrowsGivesUpItsOwnTaskOnly() {
    var careless =
        new Heard(heard -> {
          throw new IllegalStateException("careless");
        });
    engine.submit(Ask.greedy(prompt, -1).task(), careless);

    assertThat(careless.failed().kind()).isEqualTo(TaskFailed.Kind.CANCELLED);
    assertThat(ask(Ask.greedy(prompt, -1)).text()).isEqualTo(TinyModels.SENTENCE);
  }

  private static Heard ask(Ask ask) {
    var heard = new Heard();
    engine.submit(ask.task(), heard);
    heard.await();
    return heard;
  }
}
