package dev.corral.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.RunningCorral;
import dev.corral.testkit.Await;
import dev.corral.testkit.Exchange;
import dev.corral.testkit.Fault;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RawClient;
import dev.corral.testkit.Where;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A client that leaves cancels its upstream call in every phase, and is nobody's failure.
class VanishingClientTest {
  private static final Duration SOON = Await.LONG;

  private final OllamaNode node = OllamaNode.start();
  private final RunningCorral corral = RunningCorral.inFrontOf(node);

  @AfterEach
  void close() {
    corral.close();
    node.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void inSilentPrefillTheBackendStops(String stream) {
    node.inject(Fault.hang(), Where.inference());
    try (RawClient client = RawClient.connect(corral.port())) {
      client.post("/api/chat", chat("markov-a", stream));
      Exchange exchange = node.awaitExchange("/api/chat", SOON);
      client.reset();
      exchange.awaitCancelled(SOON);
    }
  }

  @Test
  void inMidStreamTheBackendStops() {
    node.inject(new Fault.Endless(), Where.inference());
    try (RawClient client = RawClient.connect(corral.port())) {
      client.post("/api/chat", chat("markov-a", "true"));
      assertThat(client.readHead().status()).isEqualTo(200);
      assertThat(client.readChunk()).isPresent();
      client.close();
    }
    node.awaitExchange("/api/chat", SOON).awaitCancelled(SOON);
  }

  @Test
  void halfClosingCountsAsLeavingAsItDoesForOllama() {
    node.inject(Fault.hang(), Where.inference());
    try (RawClient client = RawClient.connect(corral.port())) {
      client.post("/api/chat", chat("markov-a", "true"));
      Exchange exchange = node.awaitExchange("/api/chat", SOON);
      client.halfClose();
      exchange.awaitCancelled(SOON);
    }
  }

  @Test
  void whileTheBodyIsStillComingNothingIsSentUpstream() {
    try (RawClient client = RawClient.connect(corral.port())) {
      client.send(
          "POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{\"model\"");
      client.reset();
    }
    assertThat(RawClient.get(corral.port(), "/api/version").status()).isEqualTo(200);
    assertThat(node.exchanges("/api/chat")).isEmpty();
  }

  @Test
  void manyWhoLeaveDoNotCloseTheDoorForOthers() {
    node.inject(Fault.hang(), Where.path("/api/chat").times(20));
    for (int i = 0; i < 20; i++) {
      try (RawClient client = RawClient.connect(corral.port())) {
        client.post("/api/chat", chat("markov-a", "true"));
        node.awaitExchanges(i + 1, "/api/chat", SOON);
        client.reset();
      }
    }
    assertThat(RawClient.post(corral.port(), "/api/chat", chat("markov-a", "false")).status())
        .isEqualTo(200);
  }

  private static String chat(String model, String stream) {
    return "{\"model\":\"%s\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
        .formatted(model, stream);
  }
}
