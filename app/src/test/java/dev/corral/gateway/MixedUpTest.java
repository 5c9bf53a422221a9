package dev.corral.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.RunningCorral;
import dev.corral.testkit.Answer;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RawClient;
import dev.corral.testkit.TestModel;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Connections towards backends are used again and again; what one client did not wait for must
/// never come to another.
class MixedUpTest {
  private static final int MODELS = 10;
  private static final int CLIENTS = 16;
  private static final int CALLS = 30;

  private final OllamaNode node =
      OllamaNode.builder()
          .models(
              IntStream.range(0, MODELS)
                  .mapToObj(i -> TestModel.says("m" + i, " only for m" + i + " and nobody else."))
                  .toArray(TestModel[]::new))
          .start();
  private final RunningCorral corral = RunningCorral.inFrontOf(node);

  @AfterEach
  void close() {
    corral.close();
    node.close();
  }

  @Test
  void whoeverLeavesAndWheneverEverybodyElseGetsTheirOwnAnswer() throws Exception {
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> whole =
          IntStream.range(0, CLIENTS)
              .mapToObj(seed -> clients.submit(() -> asks(new Random(seed))))
              .toList();
      for (Future<Integer> one : whole) {
        assertThat(one.get()).as("answers that were waited for").isPositive();
      }
    }
  }

  /// @return how many answers came whole
  private int asks(Random random) {
    int whole = 0;
    for (int call = 0; call < CALLS; call++) {
      int model = random.nextInt(MODELS);
      boolean stream = random.nextBoolean();
      String json =
          "{\"model\":\"m%d\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
              .formatted(model, stream);
      try (RawClient client = RawClient.connect(corral.port())) {
        client.post("/api/chat", json);
        switch (random.nextInt(10)) {
          case 0 -> client.reset();
          case 1 -> client.readHead();
          case 2 -> client.halfClose();
          default -> {
            Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.complete()).isTrue();
            assertThat(answer.text()).contains("\"model\":\"m" + model + "\"");
            for (int other = 0; other < MODELS; other++) {
              if (other != model) {
                assertThat(answer.text()).doesNotContain("m" + other + "\"", " m" + other + " ");
              }
            }
            whole++;
          }
        }
      }
    }
    return whole;
  }
}
