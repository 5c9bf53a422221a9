package dev.corral;

import dev.corral.control.Places;
import dev.corral.db.DatabaseFailure;
import dev.corral.exchange.ExchangeEvent;
import dev.corral.fleet.FleetSnapshot;
import dev.corral.library.CatalogSettings;
import dev.corral.library.Entry;
import dev.corral.library.Library;
import dev.corral.library.Place;
import dev.corral.library.Recorder;
import dev.corral.model.ModelName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Keeps the library in step with what happens: models that came, models that were used, models
/// that are gone. One owner thread; whoever tells it something only puts it down.
final class Stocktaker implements Consumer<ExchangeEvent>, AutoCloseable {
  /// How long what was used may wait to be written; so often, too, what other instances changed is
  /// looked for.
  static final Duration ROUND = Duration.ofSeconds(2);

  /// A model that just came shows in the backend's listing a moment later.
  private static final Duration SOON = Duration.ofMillis(100);

  /// Rows that other programs write about models that are here are looked at so often.
  private static final Duration LOOK = Duration.ofSeconds(20);

  private static final Duration CLOSING = Duration.ofSeconds(5);

  private static final Set<String> ARRIVING = Set.of("PULL", "CREATE");

  private static final Set<String> USING =
      Set.of(
          "GENERATE",
          "CHAT",
          "EMBED",
          "EMBEDDINGS",
          "V1_CHAT",
          "V1_COMPLETIONS",
          "V1_EMBEDDINGS",
          "V1_RESPONSES",
          "V1_MESSAGES");

  private static final System.Logger LOG = System.getLogger(Stocktaker.class.getName());

  private final Library library;
  private final Recorder recorder;
  private final Supplier<CatalogSettings> settings;
  private final InstantSource clock;
  private final Duration round;

  /// One entry for each model, however many requests it answers between two rounds.
  private final Map<String, Instant> used = new ConcurrentHashMap<>();

  private final Arrivals arrivals = new Arrivals();
  private final Semaphore news = new Semaphore(0);
  private volatile boolean over;
  private volatile Function<ModelName, String> files = _ -> "";
  private volatile Supplier<FleetSnapshot> fleet = () -> new FleetSnapshot(List.of(), "");
  private volatile Runnable shared = () -> {};
  private @Nullable Thread owner;
  private @Nullable FleetSnapshot seen;
  private Instant lookedAt = Instant.MIN;
  private Instant sharedAt = Instant.MIN;

  /// @param round how long it rests where nothing came
  Stocktaker(
      Library library,
      Recorder recorder,
      Supplier<CatalogSettings> settings,
      InstantSource clock,
      Duration round) {
    this.library = library;
    this.recorder = recorder;
    this.settings = settings;
    this.clock = clock;
    this.round = round;
  }

  /// Begins to look at the backends.
  ///
  /// @param files where the weights of a model lie that is in our own store; empty elsewhere
  /// @param shared run every [#ROUND], for what other instances may have changed
  void begin(Supplier<FleetSnapshot> backends, Function<ModelName, String> files, Runnable shared) {
    fleet = backends;
    this.files = files;
    this.shared = shared;
    owner = Thread.ofVirtual().name("library").start(this::run);
  }

  @Override
  public void accept(ExchangeEvent event) {
    if (event.outcome() != ExchangeEvent.Outcome.ANSWERED || event.status() >= 300) {
      return;
    }
    if (USING.contains(event.route()) && !event.model().isEmpty()) {
      used.put(event.model(), event.at());
    } else if (ARRIVING.contains(event.route())) {
      ModelName.parse(event.model()).ifPresent(this::came);
    }
  }

  /// A model was pulled or made.
  void came(ModelName name) {
    arrivals.came(name, clock.instant());
    news.release();
  }

  @Override
  public void close() {
    over = true;
    news.release();
    Thread running = owner;
    if (running != null) {
      try {
        boolean _ = running.join(CLOSING);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    boolean well = true;
    while (!over) {
      try {
        Duration wait = arrivals.none() || !well ? round : SOON;
        boolean _ = news.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS);
        int _ = news.drainPermits();
        well = round();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    try {
      write();
    } catch (DatabaseFailure e) {
      LOG.log(System.Logger.Level.WARNING, "The last uses were not written", e);
    }
  }

  /// @return false where it failed. What was not written is written with a later round; the models
  ///   answer all the same.
  private boolean round() {
    Instant time = clock.instant();
    boolean due = time.isAfter(lookedAt.plus(LOOK));
    try {
      write();
      FleetSnapshot now = fleet.get();
      if (record(arrivals.shown(now, time)) || !now.equals(seen) || due) {
        look(Places.of(now));
        seen = now;
      }
      lookedAt = due ? time : lookedAt;
      if (!time.isBefore(sharedAt.plus(ROUND))) {
        sharedAt = time;
        shared.run();
      }
      return true;
    } catch (DatabaseFailure e) {
      LOG.log(System.Logger.Level.WARNING, "The library could not be written", e);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "The library could not be brought up to date", e);
    }
    lookedAt = time;
    return false;
  }

  private void write() {
    Map<String, Instant> taken = new HashMap<>(used);
    Map<ModelName, Instant> times = new HashMap<>();
    taken.forEach((name, at) -> ModelName.parse(name).ifPresent(model -> times.put(model, at)));
    if (!times.isEmpty()) {
      library.used(times);
    }
    taken.forEach(used::remove);
  }

  private boolean record(List<Arrivals.Arrival> shown) {
    for (Arrivals.Arrival one : shown) {
      String file = files.apply(one.found().name());
      library.record(recorder.of(one.found()).arrived(file, one.at()));
      arrivals.written(one);
    }
    return !shown.isEmpty();
  }

  private void look(List<Place> places) {
    if (settings.get().adopt().equals("auto")) {
      adopt(places);
    }
    library.look(places);
  }

  private void adopt(List<Place> places) {
    List<Entry> rows = library.all();
    Set<String> untracked = library.allUntracked();
    for (Place place : places) {
      for (Place.Found found : place.models().values()) {
        boolean known =
            untracked.contains(found.name().key())
                || rows.stream().anyMatch(row -> row.means(found.name()));
        if (place.up() && !known) {
          library.record(recorder.of(found));
        }
      }
    }
  }
}
