package dev.corral.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.RunningCorral;
import dev.corral.ollama.Node;
import dev.corral.testkit.Await;
import dev.corral.testkit.Fault;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.TestModel;
import dev.corral.testkit.Where;
import dev.corral.upstream.Upstream;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The owner of the list of backends, with real nodes before it.
class FleetTest {
  private static final HealthSettings HOURLY = new HealthSettings(Duration.ofHours(1));

  private final Vertx vertx = Vertx.vertx();
  private final Upstream upstream = new Upstream(vertx);
  private final OllamaNode node = OllamaNode.start();
  private final Queue<FleetEvent> events = new ConcurrentLinkedQueue<>();
  private final CountingClock clock = new CountingClock();
  private final Fleet fleet = fleet(Set.of());

  private Fleet fleet(Set<String> drained) {
    return new Fleet(
        new Node(upstream, "0123456789abcdef"),
        HOURLY,
        clock,
        List.of(named("one", 1)),
        "by the test",
        drained,
        events::add);
  }

  @AfterEach
  void close() {
    fleet.close();
    upstream.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    node.close();
  }

  @Test
  void aNodeThatAnswersIsUpWithItsVersionAndItsModels() {
    fleet.start();
    awaitOne(Backend.State.UP);
    assertThat(one().version()).isEqualTo(OllamaNode.VERSION);
    assertThat(one().holds("markov-a")).isTrue();
    assertThat(one().why()).contains("models");
    assertThat(events).singleElement().extracting(FleetEvent::after).isEqualTo(Backend.State.UP);
  }

  @Test
  void aNodeThatGoesIsRememberedWithItsModelsAndIsSeenAgainWithoutWaitingForTheNextProbe() {
    fleet.start();
    awaitOne(Backend.State.UP);
    node.crash();
    fleet.unreachable("one", "connection refused");
    awaitOne(Backend.State.DOWN);
    assertThat(one().why()).isEqualTo("connection refused");
    assertThat(one().holds("markov-a")).as("known, though out of reach").isTrue();
    node.acceptAgain();
    awaitOne(Backend.State.UP);
    assertThat(events).hasSize(3);
  }

  @Test
  void anAnswerToARequestBringsADownNodeBack() {
    fleet.start();
    awaitOne(Backend.State.UP);
    fleet.unreachable("one", "by mistake");
    fleet.answered("one");
    awaitOne(Backend.State.UP);
  }

  @Test
  void aLookThatIsAskedForFindsANewModel() {
    fleet.start();
    awaitOne(Backend.State.UP);
    node.add(TestModel.says("brand-new", " Hello."));
    fleet.look("one");
    await(backend -> backend.holds("brand-new"));
  }

  @Test
  void aModelThatNoLookHasSeenYetIsFoundWhereItMatters() {
    fleet.start();
    awaitOne(Backend.State.UP);
    node.add(TestModel.says("brand-new", " Here."));
    assertThat(one().holds("brand-new")).as("the last look is older").isFalse();
    assertThat(fleet.holdsNow("brand-new:latest")).isTrue();
    assertThat(fleet.holdsNow("nobody")).isFalse();
    node.crash();
    assertThat(fleet.holdsNow("nobody")).as("who cannot be asked has none").isFalse();
  }

  @Test
  void aNodeThatDrainsIsNotOpenUntilItDrainsNoLonger() {
    fleet.start();
    awaitOne(Backend.State.UP);
    fleet.drain("one", true);
    await(Backend::draining);
    assertThat(fleet.snapshot().open()).isEmpty();
    fleet.drain("one", false);
    await(backend -> !backend.draining());
    assertThat(fleet.snapshot().open()).hasSize(1);
  }

  @Test
  void aNodeThatDrainedBeforeARestartIsNotOpenFromTheFirstMomentOn() {
    try (Fleet restarted = fleet(Set.of("one"))) {
      assertThat(restarted.snapshot().open()).isEmpty();
    }
  }

  @Test
  void aChangedConfigurationKeepsTheStateOfWhatStaysAndForgetsTheRest() {
    fleet.start();
    awaitOne(Backend.State.UP);
    Backend before = one();
    fleet.replace(List.of(named("one", 1), named("two", 1)), "changed", HOURLY);
    RunningCorral.await(() -> fleet.snapshot().named("two").isPresent(), "two is there");
    assertThat(one()).isEqualTo(before);
    assertThat(fleet.snapshot().choice()).isEqualTo("changed");
    fleet.replace(List.of(named("two", 1)), "changed", HOURLY);
    RunningCorral.await(() -> fleet.snapshot().named("one").isEmpty(), "one is gone");
  }

  @Test
  void aNodeThatDrainsGoesOnDrainingWhenItsLinesChange() {
    fleet.start();
    awaitOne(Backend.State.UP);
    fleet.drain("one", true);
    fleet.replace(List.of(named("one", 3)), "changed", HOURLY);
    await(backend -> backend.settings().weight() == 3);
    assertThat(one().draining()).isTrue();
    awaitOne(Backend.State.UP);
  }

  @Test
  void aNodeThatHangsCostsNothingWhileItIsWaitedFor() {
    node.inject(Fault.hang(), Where.path("/api/version"));
    fleet.start();
    node.awaitExchange("/api/version", Await.LONG);
    int before = clock.asked.get();
    for (int i = 0; i < 10; i++) {
      fleet.look("one");
    }
    fleet.add(named("two", 1));
    RunningCorral.await(() -> node.exchanges("/api/version").size() >= 2, "two is looked at");
    assertThat(clock.asked.get() - before).as("rounds of the owner").isLessThan(100);
  }

  private Backend one() {
    return fleet.snapshot().named("one").orElseThrow();
  }

  private void awaitOne(Backend.State state) {
    await(backend -> backend.state() == state);
  }

  private void await(Predicate<Backend> done) {
    RunningCorral.await(() -> done.test(one()), "the backend is as expected");
  }

  private Named named(String name, double weight) {
    return new Named(
        new BackendSettings(name, node.url().toString(), "ollama", "", weight, List.of()), "test");
  }

  /// How often the owner looked at the time tells how often it went round.
  private static final class CountingClock extends Clock {
    private final Clock real = Clock.systemUTC();
    private final AtomicInteger asked = new AtomicInteger();

    @Override
    public Instant instant() {
      asked.incrementAndGet();
      return real.instant();
    }

    @Override
    public ZoneId getZone() {
      return real.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
