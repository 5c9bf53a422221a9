package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.db.Database;
import dev.corral.db.DatabaseSettings;
import dev.corral.db.Opening;
import dev.corral.db.Schema;
import dev.corral.exchange.ExchangeEvent;
import dev.corral.fleet.Backend;
import dev.corral.fleet.BackendSettings;
import dev.corral.fleet.FleetSnapshot;
import dev.corral.fleet.Load;
import dev.corral.fleet.Search;
import dev.corral.library.Catalog;
import dev.corral.library.CatalogSettings;
import dev.corral.library.Entry;
import dev.corral.library.Library;
import dev.corral.library.Recorder;
import dev.corral.model.ModelName;
import dev.corral.ollama.StoredModel;
import dev.corral.upstream.Target;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Models come and answer, and a real library hears of it.
class StocktakerTest {
  private static final Instant NOON = Instant.parse("2026-08-01T12:00:00Z");
  private static final ModelName HEN = ModelName.parse("hen").orElseThrow();

  @TempDir private Path home;
  private final AtomicInteger rounds = new AtomicInteger();
  private final AtomicInteger looks = new AtomicInteger();
  private final AtomicInteger shared = new AtomicInteger();
  private volatile Instant now = NOON;
  private volatile FleetSnapshot fleet = listing(NOON);
  private Database database;
  private Library library;
  private Stocktaker stocktaker;

  @BeforeEach
  void begin() {
    database =
        switch (Database.open(
            DatabaseSettings.defaults(), home.resolve("library.db"), Schema.LIBRARY)) {
          case Opening.Opened opened -> opened.database();
          case Opening.Refused no -> throw new IllegalStateException(no.message());
        };
    library = new Library(database, Clock.systemUTC());
    stocktaker =
        new Stocktaker(
            library,
            new Recorder(new Catalog(home.resolve("catalog"), List::of, _ -> {})),
            () -> {
              looks.incrementAndGet();
              return CatalogSettings.defaults();
            },
            () -> now,
            Duration.ofMillis(20));
    stocktaker.begin(
        () -> {
          rounds.incrementAndGet();
          return fleet;
        },
        _ -> "/models/hen",
        shared::incrementAndGet);
  }

  @AfterEach
  void close() {
    stocktaker.close();
    database.close();
  }

  @Test
  void aModelIsWrittenDownFromAListingThatIsYoungerThanItsPull() {
    fleet = listing(NOON, model(1_000_000));
    now = NOON.plusSeconds(5);

    stocktaker.came(HEN);
    afterRounds(2);
    assertThat(library.find(HEN)).as("that listing told the revision before").isEmpty();

    fleet = listing(NOON.plusSeconds(6), model(2_000_000));
    RunningCorral.await(() -> !library.sightings().isEmpty(), "it is written down and was seen");
    Entry row = library.find(HEN).orElseThrow();
    assertThat(row.fileSizeMb()).isEqualTo(2);
    assertThat(row.downloadedAt()).isEqualTo(NOON.plusSeconds(5));
    assertThat(row.filePath()).isEqualTo("/models/hen");
  }

  @Test
  void aModelThatIsAwaitedCostsNoLookThroughTheLibrary() {
    afterRounds(1);
    stocktaker.came(HEN);
    afterRounds(1);
    int before = looks.get();

    afterRounds(4);

    assertThat(looks).hasValue(before);
    assertThat(library.all()).isEmpty();
  }

  @Test
  void whatNeverShowsIsGivenUpAndItsLaterSelfIsNoArrival() {
    stocktaker.came(HEN);
    afterRounds(1);
    now = NOON.plusSeconds(61);
    afterRounds(2);

    fleet = listing(NOON.plusSeconds(62), model(1));
    stocktaker.came(ModelName.parse("chick").orElseThrow());
    afterRounds(2);

    assertThat(library.all()).isEmpty();
  }

  @Test
  void aThousandAnswersOfAModelAreOneLineOfTheLibrary() {
    library.record(Entry.of(HEN));

    for (int i = 1; i <= 1000; i++) {
      stocktaker.accept(answered("CHAT", 200, NOON.plusSeconds(i)));
    }
    stocktaker.accept(answered("CHAT", 500, NOON.plusSeconds(9_000)));
    stocktaker.accept(answered("SHOW", 200, NOON.plusSeconds(9_000)));
    stocktaker.accept(ended(ExchangeEvent.Outcome.BROKEN, "CHAT", 200, NOON.plusSeconds(9_000)));
    stocktaker.close();

    Instant last = NOON.plusSeconds(1000);
    RunningCorral.await(
        () -> last.equals(library.find(HEN).orElseThrow().lastUsed()), "the last use is known");
  }

  @Test
  void whatOtherInstancesChangedIsLookedForEveryTwoSecondsAndNoOftener() {
    afterRounds(2);
    assertThat(shared).hasValue(1);

    now = NOON.plusSeconds(1);
    stocktaker.came(HEN);
    afterRounds(2);
    assertThat(shared).hasValue(1);

    now = NOON.plusSeconds(2);
    RunningCorral.await(() -> shared.get() == 2, "it is looked again");
  }

  /// At least so many whole rounds more.
  private void afterRounds(int more) {
    int target = rounds.get() + more + 1;
    RunningCorral.await(() -> rounds.get() >= target, more + " rounds are over");
  }

  private static ExchangeEvent answered(String route, int status, Instant at) {
    return ended(ExchangeEvent.Outcome.ANSWERED, route, status, at);
  }

  private static ExchangeEvent ended(
      ExchangeEvent.Outcome outcome, String route, int status, Instant at) {
    return new ExchangeEvent(
        "1",
        at,
        route,
        "local",
        "hen",
        "hen:latest",
        "one",
        status,
        outcome,
        1,
        false,
        1,
        1,
        1,
        1,
        1,
        1,
        false,
        1);
  }

  private static StoredModel model(long bytes) {
    return new StoredModel(
        "hen:latest", "d" + bytes, bytes, "llama", "1.2B", "Q4_K_M", 2048, List.of(), NOON, "{}");
  }

  private static FleetSnapshot listing(Instant lookedAt, StoredModel... models) {
    BackendSettings settings = Search.found("http://127.0.0.1:11434", "test").settings();
    return new FleetSnapshot(
        List.of(
            new Backend(
                settings,
                Target.parse(settings.name(), settings.url(), ""),
                "test",
                Backend.State.UP,
                "",
                "0.33.0",
                List.of(models),
                List.of(),
                false,
                lookedAt,
                new Load(),
                Map.of(),
                Set.of())),
        "test");
  }
}
