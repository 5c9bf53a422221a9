package dev.corral.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.access.Route;
import dev.corral.access.Scope;
import dev.corral.testkit.Answer;
import dev.corral.testkit.RawClient;
import io.vertx.core.Vertx;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What callers see of a fault in Corral itself.
class MistakeTest {
  private static final Guard OPEN =
      new Guard() {
        @Override
        public Verdict judge(Route route, List<String> authorization, List<String> apiKeys) {
          return new Verdict.Enter("test", Set.of(Scope.values()));
        }

        @Override
        public boolean keysInForce() {
          return false;
        }
      };

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void itIsToldInTheDialectOfThePathAndLeavesNobodyWaiting() {
    int port =
        open(visit -> {
          throw new StackOverflowError("deeper and deeper");
        });
    Answer ollama = RawClient.get(port, "/api/tags");
    assertThat(ollama.status()).isEqualTo(500);
    assertThat(ollama.text())
        .startsWith("{\"error\":\"Corral made a mistake")
        .contains("corral logs")
        .doesNotContain("deeper");
    Answer openai = RawClient.get(port, "/v1/models");
    assertThat(openai.status()).isEqualTo(500);
    assertThat(openai.text()).startsWith("{\"error\":{");
    Answer manage = RawClient.get(port, "/manage/status");
    assertThat(manage.headers().first("Content-Type")).contains("application/problem+json");
  }

  private int open(Visit.Visitor visitor) {
    Map<Route, Visit.Visitor> visitors = new EnumMap<>(Route.class);
    for (Route route : Route.values()) {
      visitors.put(route, visitor);
    }
    return new Door(
            vertx, ServerSettings.defaults(), OPEN, visitors, "instance-of-the-test", "here")
        .open("127.0.0.1", 0, 1)
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }
}
