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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
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
  private Instant now = Instant.parse("2026-11-21T12:00:00Z");
  private final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return now;
        }
      };

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

      caretaker(store, PruneSettings.defaults()).look();

      assertThat(store.trash().items()).isEmpty();
      assertThat(notices).singleElement().asString().contains("hen");
    }
  }

  @Test
  void whatNobodyUsesIsClearedAwayOnceADayAtItsTime() throws Exception {
    try (Store store = Store.open(Folders.own(home), _ -> {})) {
      at("03:00");
      Caretaker caretaker = caretaker(store, new PruneSettings("30d", "04:30", ""));
      aged(store, "hen");
      at("04:29");
      caretaker.look();
      assertThat(store.find(Shop.name("hen"))).isPresent();
      at("04:30");
      caretaker.look();
      assertThat(store.find(Shop.name("hen"))).isEmpty();
      aged(store, "owl");
      at("23:59");
      caretaker.look();
      assertThat(store.find(Shop.name("owl"))).as("the next day").isPresent();
    }
  }

  private void at(String time) {
    now = Instant.parse("2026-11-21T" + time + ":00Z");
  }

  private void aged(Store store, String model) throws Exception {
    Shop.publish(store, model, "cluck", "You are a " + model + ".");
    Files.setLastModifiedTime(
        home.resolve("manifests/registry.ollama.ai/library/" + model + "/latest"),
        FileTime.from(Instant.EPOCH));
  }

  private Caretaker caretaker(Store store, PruneSettings settings) {
    Uses uses =
        new Uses(
            new Uses.Parts(
                nobody::snapshot,
                () -> Assignments.of("", Map.of()),
                _ -> 0,
                _ -> Optional.empty(),
                _ -> false,
                clock));
    return new Caretaker(
        new Caretaker.Parts(
            store.trash(),
            new Pruning(store, nobody, uses, List::of, _ -> {}, clock),
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
            () -> settings,
            notices::add,
            clock));
  }
}
