package dev.corral.runner.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.runner.TinyModels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What happens where the context ends.
class ContextTest {

  private static final int CONTEXT = 256;

  @TempDir private Path folder;

  @Test
  void aPromptThatFillsTheContextIsRefusedWithBothCounts() throws Exception {
    var failed = with(CONTEXT, 1, engine -> hear(engine, prompt(engine, CONTEXT), 1)).failed();

    assertThat(failed.kind()).isEqualTo(TaskFailed.Kind.EXCEEDS_CONTEXT);
    assertThat(failed.promptTokens()).isEqualTo(CONTEXT);
    assertThat(failed.limit()).isEqualTo(CONTEXT);
    assertThat(failed.message()).contains("256 tokens");
  }

  @Test
  void aPromptThatLeavesOneTokenGetsOne() throws Exception {
    var ask = Ask.greedy(Collections.nCopies(CONTEXT - 1, 270), -1).withoutShift();

    assertThat(with(CONTEXT, 1, engine -> hear(engine, ask)).ended().counts().predicted())
        .isEqualTo(1);
  }

  @Test
  void anAnswerWithoutShiftEndsWhereTheContextDoes() throws Exception {
    var heard =
        with(CONTEXT, 1, engine -> hear(engine, Ask.greedy(prompt(engine, 20), -1).withoutShift()));

    // As a llama-server and an Ollama do: 20 tokens of a prompt leave 236.
    assertThat(heard.ended().counts().predicted()).isEqualTo(236);
    assertThat(heard.ended().reason()).isEqualTo(Ended.Reason.LIMIT);
    assertThat(heard.ended().truncated()).isTrue();
  }

  @Test
  void anAnswerWithShiftGoesOnAsIfNothingHadBeen() throws Exception {
    var heard =
        with(CONTEXT, 1, engine -> hear(engine, Ask.greedy(prompt(engine, 20), 900).shift(4)));

    assertThat(heard.text()).isEqualTo(counting(900));
    assertThat(heard.ended().truncated()).isTrue();
    assertThat(heard.ended().counts().kept()).isLessThan(CONTEXT);
  }

  @Test
  void aShiftThatKeepsAlmostAllStillMakesRoom() throws Exception {
    var heard =
        with(CONTEXT, 1, engine -> hear(engine, Ask.greedy(prompt(engine, 250), 40).shift(-1)));

    assertThat(heard.text()).isEqualTo(counting(40));
  }

  @Test
  void answersThatTogetherNeedMoreThanThereIsAllEndAsTheyWould() throws Exception {
    // Each may have all of the context, and together they have half of what they come to want: the
    // younger one is put off, computed again, and nobody can tell.
    int shared = 1280;
    var both =
        with(
            shared,
            2,
            engine -> {
              var all = new ArrayList<Heard>();
              for (int i = 0; i < 2; i++) {
                var heard = new Heard();
                all.add(heard);
                engine.submit(Ask.greedy(prompt(engine, 20), -1).withoutShift().task(), heard);
              }
              all.forEach(Heard::await);
              return all;
            });

    for (var heard : both) {
      assertThat(heard.ended().counts().predicted()).isEqualTo(shared - 20);
      assertThat(heard.text()).isEqualTo(counting(shared - 20));
    }
  }

  @Test
  void answersThatSayHowLongTheyGetWaitUntilThereIsRoom() throws Exception {
    var all =
        with(
            CONTEXT,
            4,
            engine -> {
              var list = new ArrayList<Heard>();
              for (int i = 0; i < 6; i++) {
                var heard = new Heard();
                list.add(heard);
                engine.submit(Ask.greedy(prompt(engine, 20), 150).withoutShift().task(), heard);
              }
              list.forEach(Heard::await);
              return list;
            });

    assertThat(all).allMatch(heard -> heard.text().equals(counting(150)));
  }

  @Test
  void aCacheForEachSlotGivesEachItsPart() throws Exception {
    var settings = Asked.settings(model(), TinyModels.natives(), 1024, 4);
    try (var engine = Engine.load(Asked.apart(settings), share -> {})) {
      assertThat(engine.facts().contextLength()).isEqualTo(CONTEXT);
      assertThat(hear(engine, prompt(engine, 300), 1).failed().limit()).isEqualTo(CONTEXT);
      assertThat(hear(engine, prompt(engine, 20), 10).text()).isEqualTo(counting(10));
    }
  }

  private Path model() {
    return TinyModels.unpack("markov-loop", folder);
  }

  private <T> T with(int context, int slots, Function<Engine, T> story) throws Exception {
    var natives = TinyModels.natives();
    try (var engine = Engine.load(Asked.settings(model(), natives, context, slots), share -> {})) {
      return story.apply(engine);
    }
  }

  private static Heard hear(Engine engine, List<Integer> prompt, int most) {
    return hear(engine, Ask.greedy(prompt, most));
  }

  private static Heard hear(Engine engine, Ask ask) {
    var heard = new Heard();
    engine.submit(ask.task(), heard);
    heard.await();
    return heard;
  }

  /// So many tokens, after which the model begins at one.
  private static List<Integer> prompt(Engine engine, int length) {
    return Collections.nCopies(length, engine.tokenize(" ten", false, false).getFirst());
  }

  private static String counting(int words) {
    var numbers =
        List.of("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten");
    var text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      text.append(' ').append(numbers.get(i % 10));
    }
    return text.toString();
  }
}
