package dev.corral.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.RunningCorral;
import dev.corral.access.Route;
import dev.corral.access.Scope;
import dev.corral.assign.Assignments;
import dev.corral.door.Door;
import dev.corral.door.Guard;
import dev.corral.door.ServerSettings;
import dev.corral.door.Visit;
import dev.corral.exchange.ExchangeEvent;
import dev.corral.fleet.Backend;
import dev.corral.fleet.Fleet;
import dev.corral.fleet.HealthSettings;
import dev.corral.fleet.Search;
import dev.corral.limit.Budget;
import dev.corral.limit.Turnstile;
import dev.corral.ollama.Node;
import dev.corral.testkit.Answer;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RawClient;
import dev.corral.upstream.Upstream;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A fault of our own, wherever it strikes between a request and the end of its answer: the caller
/// is told, the place and the memory come back, it is counted, and the backend is not to blame.
class MistakesTest {
  private static final String CHAT =
      "{\"model\":\"markov-a\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
  private static final String PULL = "{\"model\":\"example.com/a/b\"}";

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
  private final Upstream upstream = new Upstream(vertx);
  private final OllamaNode node = OllamaNode.start();
  private final Budget bodies = new Budget(1 << 20);
  private final Turnstile turnstile = new Turnstile(1, 1);
  private final Queue<ExchangeEvent> events = new ConcurrentLinkedQueue<>();
  private final Fleet fleet =
      new Fleet(
          new Node(upstream, "0123456789abcdef"),
          HealthSettings.defaults(),
          Clock.systemUTC(),
          List.of(Search.named("one", node.url().toString(), "test")),
          "by the test",
          Set.of(),
          _ -> {});
  private volatile String at = "";
  private Gateway gateway;
  private int port;

  @BeforeEach
  void open() {
    fleet.start();
    GatewaySettings settings =
        new GatewaySettings(
            Assignments.of("", Map.of()),
            1 << 20,
            "",
            _ -> fails("host"),
            _ -> fails("protected"),
            new GatewaySettings.Anchored(() -> fails("listing"), name -> name));
    gateway =
        new Gateway(
            vertx,
            upstream,
            fleet,
            bodies,
            turnstile,
            settings,
            () -> fails("head"),
            "0123456789abcdef",
            events::add);
    Map<Route, Visit.Visitor> visitors = new EnumMap<>(Route.class);
    for (Route route : Route.values()) {
      visitors.put(route, visit -> visit.request().response().end());
    }
    visitors.putAll(gateway.visitors());
    port =
        new Door(vertx, ServerSettings.defaults(), OPEN, visitors, "0123456789abcdef", "here")
            .open("127.0.0.1", 0, 1)
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    RunningCorral.await(() -> one().state() == Backend.State.UP, "the node has been looked at");
  }

  @AfterEach
  void close() {
    fleet.close();
    upstream.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    node.close();
  }

  private boolean fails(String where) {
    if (where.equals(at)) {
      throw new StackOverflowError("deeper and deeper");
    }
    return false;
  }

  private Backend one() {
    return fleet.snapshot().backends().getFirst();
  }

  private void assertToldAndCleared(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(500);
    assertThat(answer.text()).contains("Corral made a mistake").doesNotContain("deeper");
    RunningCorral.await(() -> !events.isEmpty(), "it is counted");
    assertThat(events).singleElement().extracting(ExchangeEvent::status).isEqualTo(500);
    RunningCorral.await(() -> bodies.held() == 0, "the body's memory is back");
    RunningCorral.await(() -> turnstile.inside() == 0, "the place is free");
    RunningCorral.await(() -> gateway.open() == 0, "it is over");
    RunningCorral.await(() -> one().load().inFlight() == 0, "the backend is not waited for");
    assertThat(one().load().suspect()).isFalse();
    at = "";
    assertThat(RawClient.post(port, "/api/chat", CHAT.formatted("false")).status()).isEqualTo(200);
  }

  @ParameterizedTest(name = "streamed: {0}")
  @ValueSource(strings = {"true", "false"})
  void whereTheBackendsAnswerIsTaken(String stream) {
    at = "head";
    assertToldAndCleared(RawClient.post(port, "/api/chat", CHAT.formatted(stream)));
  }

  @Test
  void whereAJudgeHasBeenWaitedFor() {
    at = "host";
    assertToldAndCleared(RawClient.post(port, "/api/pull", PULL));
  }

  @Test
  void whereTheJudgeItselfFails() {
    at = "protected";
    String name = "{\"model\":\"markov-a\",\"from\":\"markov-b\"}";
    assertThat(RawClient.post(port, "/api/create", name).status()).isEqualTo(503);
    RunningCorral.await(() -> gateway.open() == 0, "it is over");
  }

  @Test
  void whereAListingIsMade() {
    at = "listing";
    Answer answer = RawClient.get(port, "/api/tags");
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.text()).contains("Corral made a mistake");
  }
}
