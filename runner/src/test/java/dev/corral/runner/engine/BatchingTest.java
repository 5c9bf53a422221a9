package dev.corral.runner.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.runner.TinyModels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Several answers at once, by a model that counts from one to ten for ever, in steps of 32 tokens.
class BatchingTest {

  private static final int LONG_PROMPT = 2000;
  private static Engine engine;
  private static List<Integer> prompt;

  @BeforeAll
  static void load(@TempDir Path folder) throws Exception {
    var natives = TinyModels.natives();
    var model = TinyModels.unpack("markov-loop", folder);
    var settings = Asked.withBatch(Asked.settings(model, natives, 16384, 4), 32);
    engine = Engine.load(settings, share -> {});
    prompt = engine.tokenize(" ten", false, false);
  }

  @AfterAll
  static void unload() {
    if (engine != null) {
      engine.close();
    }
  }

  @Test
  void fourAnswersAreWrittenAtOnceAndEachIsItsOwn() {
    var together = new AtomicInteger();
    var all = new ArrayList<Heard>();
    var starts = List.of(" ten", " three", " seven", " nine");
    for (int i = 0; i < starts.size(); i++) {
      var heard =
          new Heard(one -> {
            int decoding = count(SlotState.Work.DECODE);
            together.accumulateAndGet(decoding, Math::max);
          });
      all.add(heard);
    }
    beforeTheNextStep(() -> {
      for (int i = 0; i < starts.size(); i++) {
        var first = engine.tokenize(starts.get(i), false, false);
        engine.submit(Ask.greedy(first, 300).task(), all.get(i));
      }
    });

    assertThat(all.get(0).text()).startsWith(" one two three four").endsWith(" nine ten");
    assertThat(all.get(1).text()).startsWith(" four five");
    assertThat(all.get(2).text()).startsWith(" eight nine ten one");
    assertThat(all.get(3).text()).startsWith(" ten one two");
    assertThat(all).allMatch(heard -> heard.ended().counts().predicted() == 300);
    assertThat(together).hasValue(4);
  }

  @Test
  void moreTasksThanSlotsWaitForTheirTurn() {
    var all = new ArrayList<Heard>();
    for (int i = 0; i < 12; i++) {
      var heard = new Heard();
      all.add(heard);
      engine.submit(Ask.greedy(prompt, 20).scope("caller " + i % 3).task(), heard);
    }

    assertThat(all).allMatch(heard -> heard.ended().counts().predicted() == 20);
    assertThat(engine.waiting()).isZero();
  }

  @Test
  void aLongPromptHoldsNobodysAnswerUp() {
    // Between two tokens of the answer no more of the prompt is read than fits into a step.
    var reader = new Heard();
    var steps = new CopyOnWriteArrayList<Integer>();
    var writer =
        new Heard(heard -> {
          if (heard.pieces.size() == 1) {
            engine.submit(Ask.greedy(longPrompt("a"), 1).scope("reader").task(), reader);
          }
          engine.slots().stream()
              .filter(slot -> slot.work() == SlotState.Work.PREFILL)
              .forEach(slot -> steps.add(slot.promptRead()));
        });
    engine.submit(Ask.greedy(prompt, 200).task(), writer);

    assertThat(writer.ended().counts().predicted()).isEqualTo(200);
    assertThat(reader.text()).isNotEmpty();
    for (int i = 1; i < steps.size(); i++) {
      assertThat(steps.get(i) - steps.get(i - 1)).isBetween(0, 32);
    }
    assertThat(steps).hasSizeGreaterThan(10);
  }

  @Test
  void aPromptThatIsGivenUpHalfWayFreesItsSlot() {
    var reader = new Heard();
    var ticket = new AtomicReference<Ticket>();
    var readSoFar = new AtomicInteger();
    var writer =
        new Heard(heard -> {
          if (heard.pieces.size() == 1) {
            ticket.set(
                engine.submit(Ask.greedy(longPrompt("b"), -1).scope("given up").task(), reader));
          }
          engine.slots().stream()
              .filter(slot -> slot.work() == SlotState.Work.PREFILL)
              .filter(slot -> slot.promptRead() > 100)
              .findFirst()
              .ifPresent(slot -> {
                readSoFar.compareAndSet(0, slot.promptRead());
                ticket.get().cancel();
              });
        });
    engine.submit(Ask.greedy(prompt, 300).task(), writer);

    assertThat(reader.failed().kind()).isEqualTo(TaskFailed.Kind.CANCELLED);
    assertThat(readSoFar.get()).isBetween(100, LONG_PROMPT - 1);
    assertThat(reader.pieces).isEmpty();
    assertThat(writer.ended().counts().predicted()).isEqualTo(300);
  }

  @Test
  void ofAPromptThatIsGivenUpNoMoreIsReadThanTheStepThatWasBegun() {
    // Two prompts and an answer share steps of 32 tokens; one prompt is given up on the way.
    var tickets = new ArrayList<Ticket>();
    var givenUpAt = new AtomicInteger();
    var most = new AtomicInteger();
    var gone = new Heard();
    var other = new Heard();
    var writer =
        new Heard(heard -> {
          if (heard.pieces.size() == 1) {
            tickets.add(engine.submit(Ask.greedy(longPrompt("g"), 1).scope("g").task(), gone));
            var shorter = longPrompt("h").subList(0, LONG_PROMPT - 1);
            engine.submit(Ask.greedy(shorter, 1).scope("h").task(), other);
          }
          engine.slots().stream()
              .filter(slot -> slot.promptTokens() == LONG_PROMPT)
              .forEach(slot -> {
                most.accumulateAndGet(slot.promptRead(), Math::max);
                if (slot.promptRead() > 100 && givenUpAt.compareAndSet(0, slot.promptRead())) {
                  tickets.getFirst().cancel();
                }
              });
        });
    engine.submit(Ask.greedy(prompt, 300).task(), writer);

    assertThat(gone.failed().kind()).isEqualTo(TaskFailed.Kind.CANCELLED);
    assertThat(givenUpAt.get()).isPositive();
    assertThat(most.get() - givenUpAt.get()).isBetween(0, 32);
    assertThat(other.text()).isNotEmpty();
    assertThat(writer.ended().counts().predicted()).isEqualTo(300);
  }

  @Test
  void whoGotASlotIsSeenToHaveItBeforeItsFirstStepIsComputed() {
    var newcomer = new Heard();
    var seen = new AtomicReference<SlotState.Work>();
    var writer =
        new Heard(heard -> {
          if (heard.pieces.size() == 1) {
            engine.submit(Ask.greedy(longPrompt("i"), 1).scope("i").task(), newcomer);
          } else if (heard.pieces.size() == 2) {
            // The first step with the newcomer's tokens has just been computed, and nothing told.
            engine.slots().stream()
                .filter(slot -> slot.promptTokens() == LONG_PROMPT)
                .forEach(slot -> seen.set(slot.work()));
          }
        });
    engine.submit(Ask.greedy(prompt, 300).task(), writer);

    assertThat(newcomer.text()).isNotEmpty();
    assertThat(seen).hasValue(SlotState.Work.PREFILL);
  }

  @Test
  void aStepWhoseOnlyReadersAllGaveUpFreesTheirSlots() {
    var one = new Heard();
    var two = new Heard();
    var tickets =
        List.of(
            engine.submit(Ask.greedy(longPrompt("j"), -1).scope("j").task(), one),
            engine.submit(Ask.greedy(longPrompt("kk"), -1).scope("k").task(), two));
    tickets.forEach(Ticket::cancel);

    assertThat(List.of(one, two))
        .allMatch(heard -> heard.failed().kind() == TaskFailed.Kind.CANCELLED);
    var next = new Heard();
    engine.submit(Ask.greedy(prompt, 3).task(), next);
    assertThat(next.text()).isEqualTo(" one two three");
  }

  @Test
  void anAnswerThatIsGivenUpInTheMiddleEndsThere() {
    var ticket = new AtomicReference<Ticket>();
    var heard =
        new Heard(one -> {
          if (one.pieces.size() == 5) {
            ticket.get().cancel();
          }
        });
    beforeTheNextStep(() -> ticket.set(engine.submit(Ask.greedy(prompt, -1).task(), heard)));

    assertThat(heard.failed().kind()).isEqualTo(TaskFailed.Kind.CANCELLED);
    assertThat(heard.pieces).hasSize(5);
    ticket.get().cancel();
    hear(Ask.greedy(prompt, 1));
    assertThat(heard.ends()).isEqualTo(1);
  }

  @Test
  void aTaskThatWaitsCanBeGivenUpToo() {
    var tickets = new ArrayList<Ticket>();
    var all = new ArrayList<Heard>();
    for (int i = 0; i < 8; i++) {
      var heard = new Heard();
      all.add(heard);
      tickets.add(engine.submit(Ask.greedy(prompt, -1).task(), heard));
    }
    Collections.reverse(tickets);
    tickets.forEach(Ticket::cancel);

    assertThat(all).allMatch(heard -> heard.failed().kind() == TaskFailed.Kind.CANCELLED);
  }

  @Test
  void aPromptThatIsKnownIsNotReadAgain() {
    var task = Ask.greedy(longPrompt("d"), 12).scope("d");
    var first = hear(task);
    var second = hear(task);

    assertThat(second.text()).isEqualTo(first.text());
    assertThat(first.ended().counts().cached()).isZero();
    assertThat(second.ended().counts().cached()).isEqualTo(LONG_PROMPT - 1);
  }

  @Test
  void aPromptThatDivergesIsReadFromThereOn() {
    var known = longPrompt("e");
    var other = new ArrayList<>(known.subList(0, 1500));
    other.addAll(engine.tokenize(" five", false, false));
    hear(Ask.greedy(known, 5).scope("e"));

    var heard = hear(Ask.greedy(other, 3).scope("e"));

    assertThat(heard.text()).isEqualTo(" six seven eight");
    assertThat(heard.ended().counts().cached()).isEqualTo(1500);
  }

  @Test
  void whatWasReadForOneScopeIsNeverUsedForAnother() {
    var known = longPrompt("f");
    hear(Ask.greedy(known, 1).scope("one tenant"));

    assertThat(hear(Ask.greedy(known, 1).scope("another")).ended().counts().cached()).isZero();
    assertThat(hear(Ask.greedy(known, 1).scope("one tenant")).ended().counts().cached())
        .isEqualTo(LONG_PROMPT - 1);
    assertThat(
            hear(Ask.greedy(known, 1).scope("one tenant").withoutReuse()).ended().counts().cached())
        .isZero();
  }

  /// Begins differently for each mark, so that no test finds another's prompt in the cache.
  private static List<Integer> longPrompt(String mark) {
    var tokens = new ArrayList<>(engine.tokenize(mark, false, false));
    while (tokens.size() < LONG_PROMPT) {
      tokens.addAll(prompt);
    }
    return tokens.subList(0, LONG_PROMPT);
  }

  /// What is asked for here is there before any of it is computed, since the engine's own thread
  /// does the asking, between two steps for another answer.
  private static void beforeTheNextStep(Runnable asking) {
    var heard = new Heard(one -> asking.run());
    engine.submit(Ask.greedy(prompt, 1).task(), heard);
    heard.await();
  }

  private static Heard hear(Ask ask) {
    var heard = new Heard();
    engine.submit(ask.task(), heard);
    heard.await();
    return heard;
  }

  private static int count(SlotState.Work work) {
    return (int) engine.slots().stream().filter(slot -> slot.work() == work).count();
  }
}
