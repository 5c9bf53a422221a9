package dev.corral.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.RunningCorral;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Fault;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RawClient;
import dev.corral.testkit.TestModel;
import dev.corral.testkit.Where;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Two nodes with the same model: one failing costs the caller nothing, as long as nothing was
/// said.
class SecondChanceTest {
  private static final String CHAT =
      "{\"model\":\"markov-a\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  private final OllamaNode one = OllamaNode.start();
  private final OllamaNode two = OllamaNode.start();
  private final RunningCorral corral = RunningCorral.inFrontOf(one, two);

  @AfterEach
  void close() {
    corral.close();
    one.close();
    two.close();
  }

  @Test
  void aNodeThatRefusesIsPassedOverWithoutAPause() {
    one.refuse();
    for (int i = 0; i < 10; i++) {
      assertThat(chat("false").status()).isEqualTo(200);
    }
  }

  @Test
  void aNodeThatDiesWithIdleConnectionsIsToldOnceAndInWords() {
    assertThat(chat("false").status()).isEqualTo(200);
    assertThat(chat("false").status()).isEqualTo(200);
    one.crash();
    two.crash();
    assertThat(chat("false").status()).isBetween(502, 503);
    // A reset of an idle connection says nothing of the node yet; the next caller's knock does.
    RunningCorral.await(
        () -> {
          assertThat(chat("false").status()).isBetween(502, 503);
          return corral.log().lines().filter(line -> line.contains("\"state\":\"down\"")).count()
              == 2;
        },
        "both nodes are said to be down");
    assertThat(corral.log()).doesNotContain("\"event\":\"log\"");
  }

  @Test
  void aNodeThatDiesBeforeItsFirstTokenIsReplacedByTheOther() {
    one.inject(new Fault.CutBeforeHead(), Where.inference());
    two.inject(new Fault.CutBeforeHead(), Where.inference().once());
    // Whoever is asked first fails; at most one further try is made, so two failures are told.
    Answer first = chat("true");
    Answer second = chat("true");
    assertThat(first.status()).as(first.text()).isEqualTo(502);
    assertThat(second.status()).as(second.text()).isEqualTo(200);
  }

  @Test
  void aBusyNodeHandsOverToAFreeOne() {
    one.inject(Fault.busy(), Where.inference());
    assertThat(chat("false").status()).isEqualTo(200);
    assertThat(chat("true").status()).isEqualTo(200);
  }

  @Test
  void afterTheFirstFrameNothingIsTriedAgain() {
    one.inject(Fault.cutAfter(2), Where.inference());
    two.inject(Fault.cutAfter(2), Where.inference());
    assertThat(chat("true").complete()).isFalse();
    assertThat(one.exchanges("/api/chat").size() + two.exchanges("/api/chat").size()).isEqualTo(1);
  }

  @Test
  void aModelThatLiesOnOneNodeOnlyIsAskedThere() {
    two.add(TestModel.says("only-here", " Found."));
    Answer answer =
        RawClient.post(
            corral.port(), "/api/chat", CHAT.formatted("false").replace("markov-a", "only-here"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).contains("Found.");
  }

  @Test
  void deletingReachesEveryHolder() {
    RawClient.post(corral.port(), "/api/copy", "{\"source\":\"markov-a\",\"destination\":\"b\"}");
    assertThat(one.modelNames()).contains("b:latest");
    assertThat(two.modelNames()).contains("b:latest");
  }

  @Test
  void listingsOfTwoNodesAreOneWithoutDoubles() {
    two.add(TestModel.says("only-here", " Found."));
    String tags = RawClient.get(corral.port(), "/api/tags").text();
    assertThat(tags.split("\"name\":\"markov-a:latest\"", -1)).hasSize(2);
    assertThat(tags).contains("only-here");
    assertThat(RawClient.get(corral.port(), "/v1/models").text()).contains("only-here");
  }

  private Answer chat(String stream) {
    return RawClient.post(corral.port(), "/api/chat", CHAT.formatted(stream));
  }
}
