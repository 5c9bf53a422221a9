package dev.corral.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.RunningCorral;
import dev.corral.fleet.Backend;
import dev.corral.fleet.Fleet;
import dev.corral.fleet.FleetSnapshot;
import dev.corral.fleet.HealthSettings;
import dev.corral.fleet.Named;
import dev.corral.fleet.Search;
import dev.corral.model.ModelName;
import dev.corral.ollama.Node;
import dev.corral.testkit.OllamaNode;
import dev.corral.upkeep.Vanishing.Restoring;
import dev.corral.upkeep.Vanishing.Vanished;
import dev.corral.upstream.Upstream;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A protected model that somebody removes from a node past us.
class VanishingTest {
  private final Vertx vertx = Vertx.vertx();
  private final Upstream upstream = new Upstream(vertx);
  private final OllamaNode node = OllamaNode.start();
  private final String model = node.modelNames().getFirst();
  private final ModelName name = ModelName.parse(model).orElseThrow();
  private final List<Vanished> told = new ArrayList<>();
  private Restoring restoring = new Restoring.Nothing();
  private final Fleet fleet =
      new Fleet(
          new Node(upstream, "us"),
          HealthSettings.defaults(),
          Clock.systemUTC(),
          List.of(named()),
          "named",
          Set.of(),
          _ -> {});
  private Supplier<FleetSnapshot> seen = fleet::snapshot;
  private final Vanishing vanishing =
      new Vanishing(() -> seen.get(), () -> Set.of(name.key()), (_, _) -> restoring, told::add);

  private Named named() {
    return Search.named("rig", node.url().toString(), "config");
  }

  @BeforeEach
  void start() {
    fleet.start();
    awaitHeld(true);
    vanishing.look();
  }

  @AfterEach
  void close() {
    fleet.close();
    upstream.close();
    node.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private void awaitHeld(boolean held) {
    fleet.look("rig");
    RunningCorral.await(
        () -> {
          Backend rig = fleet.snapshot().backends().getFirst();
          return rig.state() == Backend.State.UP && rig.holds(model) == held;
        },
        "it is looked at");
  }

  @Test
  void itIsSaidOnceWithTheCommandThatFetchesIt() {
    FleetSnapshot before = fleet.snapshot();
    node.remove(model);
    seen = () -> before;
    vanishing.look();
    assertThat(told).as("nobody has looked since").isEmpty();

    awaitHeld(false);
    seen = fleet::snapshot;
    vanishing.look();
    vanishing.look();

    assertThat(told).singleElement().returns(name, Vanished::name);
    assertThat(told.getFirst().sentence())
        .contains("past Corral", "corral pull " + name.shortName() + " --on rig");
  }

  @Test
  void whatCouldBeBroughtBackIsSaidSo() {
    restoring = new Restoring.Back();
    node.remove(model);
    awaitHeld(false);
    vanishing.look();
    assertThat(told.getFirst().sentence()).endsWith("it was brought back from its anchor");

    restoring = new Restoring.Failed("its blobs are gone");
    assertThat(new Vanished("rig", name, restoring).sentence()).contains("its blobs are gone");
  }

  @Test
  void whatANodeLostWhileItWasNoneOfOursIsNotSaid() {
    fleet.remove("rig");
    RunningCorral.await(() -> fleet.snapshot().backends().isEmpty(), "it is taken out");
    vanishing.look();
    node.remove(model);
    fleet.add(named());
    RunningCorral.await(
        () -> fleet.snapshot().open().stream().anyMatch(one -> one.state() == Backend.State.UP),
        "it is back");
    vanishing.look();
    assertThat(told).isEmpty();
  }

  @Test
  void aNodeThatIsDownHasLostNothing() {
    node.close();
    fleet.look("rig");
    RunningCorral.await(
        () -> fleet.snapshot().backends().getFirst().state() == Backend.State.DOWN, "it is down");
    vanishing.look();
    assertThat(told).isEmpty();
  }
}
