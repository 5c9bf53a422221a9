package dev.corral.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChaosProxyTest {
  private final OllamaNode node = OllamaNode.start();
  private final ChaosProxy proxy = ChaosProxy.to(node.port());

  @AfterEach
  void stop() {
    proxy.close();
    node.close();
  }

  @Test
  void itCarriesBothWays() {
    assertThat(RawClient.get(proxy.port(), "/").text()).isEqualTo("Ollama is running");
    assertThat(proxy.bytesToServer()).isPositive();
    assertThat(proxy.bytesToClient()).isPositive();
  }

  @Test
  void aCutStrikesAfterTheBytesThatWereAskedFor() {
    proxy.cutAfter(200);

    Answer answer = RawClient.get(proxy.port(), "/api/tags");
    assertThat(answer.complete()).isFalse();
    assertThat(proxy.bytesToClient()).isEqualTo(200);
  }

  @Test
  void aStallHoldsEverythingBackUntilItIsResumed() {
    proxy.stall();
    try (RawClient client = RawClient.connect(proxy.port(), Duration.ofMillis(200), 0)) {
      client.request("GET", "/", Headers.of(), Body.EMPTY);
      assertThatThrownBy(client::readHead).isInstanceOf(AssertionError.class);
      proxy.resume();
    }
    try (RawClient client = RawClient.connect(proxy.port())) {
      client.request("GET", "/", Headers.of(), Body.EMPTY);
      assertThat(client.answer().status()).isEqualTo(200);
    }
  }

  @Test
  void aResetEndsWhatIsOpen() {
    node.injectOnce(Fault.stallAfter(1));
    try (RawClient client = RawClient.connect(proxy.port())) {
      client.post("/api/generate", "{\"model\":\"markov-a\",\"prompt\":\"x\"}");
      client.readHead();
      proxy.reset();
      assertThat(client.awaitClose()).isEqualTo(Answer.Ending.RESET);
    }
    node.awaitExchange("/api/generate", RawClient.PATIENCE).awaitCancelled(RawClient.PATIENCE);
  }
}
