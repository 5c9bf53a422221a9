package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.outbound.Leash;
import dev.corral.registry.Fetched;
import dev.corral.registry.Trouble;
import dev.corral.testkit.Content;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RegistryDouble;
import dev.corral.testkit.RegistryDouble.ImageLayer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// What is asked before a pull.
class PullPlanningTest {
  @Test
  void theRegistryIsAskedOnceHoweverManyNodesThereAre() {
    try (RegistryDouble registry = RegistryDouble.start();
        OllamaNode one = OllamaNode.start();
        OllamaNode two = OllamaNode.start();
        RunningCorral corral =
            RunningCorral.with("pull: {registries: [\"" + registry.url() + "\"]}\n", one, two)) {
      Content weights = Content.random(5000, 1);
      registry.publish("ns/m:t", Content.of("{}"), new ImageLayer("model", weights));
      String name = "127.0.0.1:" + registry.port() + "/ns/m:t";
      JsonNode plans =
          corral
              .manage(
                  "POST", "/manage/pulls/plan", "{\"models\":[\"" + name + "\"],\"on\":\"all\"}")
              .json();
      assertThat(plans).hasSize(2);
      assertThat(plans.findValuesAsText("target")).containsExactly("one", "two");
      assertThat(plans.path(1).path("bytesToFetch").asLong()).isEqualTo(5002);
      // Once for what it consists of, once for whether it would fit.
      assertThat(registry.exchanges(RegistryDouble.manifestPath("ns/m", "t")).size()).isEqualTo(2);
    }
  }

  @Test
  void aQuestionThatFailsIsAnsweredAllTheSame() {
    Fetched answer =
        PullPlanning.inTime(
            () -> {
              throw new IllegalStateException("a mistake of ours");
            },
            new Leash(),
            Duration.ofSeconds(30));
    assertThat(((Trouble) answer).text()).contains("Corral made a mistake");
  }

  @Test
  void aRegistryThatNeverAnswersIsNotWaitedFor() {
    CountDownLatch never = new CountDownLatch(1);
    Leash leash = new Leash();
    Fetched answer =
        PullPlanning.inTime(
            () -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              throw new IllegalStateException("too late");
            },
            leash,
            Duration.ofMillis(50));
    never.countDown();
    assertThat(((Trouble) answer).kind()).isEqualTo(Trouble.Kind.AWAY);
    assertThat(leash.isCut()).isTrue();
  }
}
