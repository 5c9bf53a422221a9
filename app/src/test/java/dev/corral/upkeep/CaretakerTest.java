package dev.corral.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.assign.Assignments;
import dev.corral.blobs.Folders;
import dev.corral.blobs.Shop;
import dev.corral.blobs.Store;
import dev.corral.fleet.Fleet;
import dev.corral.fleet.HealthSettings;
import dev.corral.ollama.Node;
import dev.corral.upkeep.Vanishing.Restoring;
import dev.corral.upstream.Upstream;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One thing that upkeep cannot do leaves the others done.
class CaretakerTest {
  @TempDir private Path home;
  private final Vertx vertx = Vertx.vertx();
  private final List<String> notices = new ArrayList<>();
  private final Fleet nobody =
      new Fleet(
          new Node(new Upstream(vertx), "us"),
          HealthSettings.defaults(),
          Clock.systemUTC(),
          List.of(),
          "named",
          Set.of(),
          _ -> {});

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void aFailureInLookingForWhatVanishedDoesNotKeepTheTrashFull() throws Exception {
    try (Store store = Store.open(Folders.own(home), _ -> {})) {
      Shop.publish(store, "hen", "cluck", "You are a hen.");
      store.trash().keep(Duration.ofHours(1));
      assertThat(store.trash().take(Shop.name("hen"))).isTrue();
      store.trash().keep(Duration.ZERO);

      caretaker(store).look();

      assertThat(store.trash().items()).isEmpty();
      assertThat(notices).singleElement().asString().contains("hen");
    }
  }

  private Caretaker caretaker(Store store) {
    Uses uses =
        new Uses(
            new Uses.Parts(
                nobody::snapshot,
                () -> Assignments.of("", Map.of()),
                _ -> 0,
                _ -> Optional.empty(),
                _ -> false,
                Clock.systemUTC()));
    return new Caretaker(
        new Caretaker.Parts(
            store.trash(),
            new Pruning(store, nobody, uses, List::of, _ -> {}, Clock.systemUTC()),
            new Vanishing(
                nobody::snapshot,
                () -> {
                  throw new IllegalStateException("the database is away");
                },
                (_, _) -> new Restoring.Nothing(),
                _ -> {}),
            () -> {
              throw new IllegalStateException("the folder is away");
            },
            PruneSettings::defaults,
            notices::add,
            Clock.systemUTC()));
  }
}
