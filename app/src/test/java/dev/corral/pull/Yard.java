package dev.corral.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.blobs.Folders;
import dev.corral.blobs.OllamaFolder;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.StoredModel;
import dev.corral.db.Database;
import dev.corral.db.DatabaseSettings;
import dev.corral.db.Opening;
import dev.corral.db.Schema;
import dev.corral.hub.Hubs;
import dev.corral.model.ModelName;
import dev.corral.ollama.Management;
import dev.corral.outbound.Destinations;
import dev.corral.outbound.Outbound;
import dev.corral.outbound.Patience;
import dev.corral.outbound.Proxies;
import dev.corral.registry.Hub;
import dev.corral.registry.Registry;
import dev.corral.revision.Anchors;
import dev.corral.revision.ChangeSettings;
import dev.corral.revision.NodeSite;
import dev.corral.revision.OwnSite;
import dev.corral.testkit.Await;
import dev.corral.testkit.Content;
import dev.corral.testkit.RegistryDouble;
import dev.corral.upstream.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocketFactory;

/// A store, a database and jobs in a folder, as a running Corral has them; may be stopped and
/// started again.
public final class Yard implements AutoCloseable {
  public static final Content CONFIG =
      Content.of("{\"model_format\":\"gguf\",\"model_family\":\"llama\"}");
  static final Duration LIMIT = Await.LONG;
  private static final long KIBI = 1 << 10;

  /// Small pieces and short waits between tries, otherwise more patient than in earnest.
  static final FetchSettings QUICK = quick(LIMIT);

  /// As for any node, but that a busy machine is not taken for a silent one.
  static final NodePatience PATIENT =
      new NodePatience(
          LIMIT,
          LIMIT,
          LIMIT,
          LIMIT,
          20 << 20,
          Duration.ofMinutes(5),
          Duration.ofMillis(20),
          Duration.ofMillis(10),
          Duration.ofMillis(50),
          LIMIT,
          3,
          3);

  private final Path folder;
  private final List<String> registries;
  private final PullSettings settings;
  private final Hub hub;
  private final Duration silence;
  private final FetchSettings fetch;
  final List<PullEvent> events = Collections.synchronizedList(new ArrayList<>());
  private volatile Duration ahead = Duration.ZERO;
  private Database database;
  private Store store;
  private Pulls pulls;
  private Sources sources;

  public Yard(Path folder, RegistryDouble... registries) {
    this(folder, Stream.of(registries).map(one -> one.url().toString()).toArray(String[]::new));
  }

  Yard(Path folder, String... registries) {
    this(folder, Hub.of(_ -> Optional.empty()), registries);
  }

  /// @param hub a double of it, which must be among the registries
  Yard(Path folder, Hub hub, String... registries) {
    this(folder, hub, LIMIT, QUICK, registries);
  }

  private Yard(Path folder, Hub hub, Duration silence, FetchSettings fetch, String... registries) {
    this.folder = folder;
    this.hub = hub;
    this.silence = silence;
    this.fetch = fetch;
    this.registries = List.of(registries);
    this.settings = settings("");
    start(Optional.empty());
  }

  /// For a test of what stands still, or gives nothing.
  ///
  /// @param silence after which a connection is left
  static Yard impatient(
      Path folder, Duration silence, FetchSettings fetch, RegistryDouble registry) {
    Hub none = Hub.of(_ -> Optional.empty());
    return new Yard(folder, none, silence, fetch, registry.url().toString());
  }

  /// [#QUICK], but for how long nothing may come.
  static FetchSettings quick(Duration giveUp) {
    return new FetchSettings(
        4,
        64 * KIBI,
        1024 * KIBI,
        Duration.ofMillis(20),
        Duration.ofMillis(5),
        Duration.ofMillis(50),
        3,
        giveUp,
        1,
        Duration.ofSeconds(60),
        Duration.ofMillis(50));
  }

  private PullSettings settings(String window) {
    return new PullSettings(
        2, "", List.of("default", "hf.co"), registries, window, List.of(), false);
  }

  void start(Optional<dev.corral.model.Bytes> reserve) {
    try {
      Opening opening =
          Database.open(DatabaseSettings.defaults(), folder.resolve("corral.db"), Schema.CORRAL);
      database = ((Opening.Opened) opening).database();
      Path models = folder.resolve("models");
      store = Store.open(new Folders(models, List.of(), List.of(), reserve), _ -> {});
    } catch (StoreFailure e) {
      throw new IllegalStateException(e);
    }
    Patience patience = new Patience(LIMIT, silence, LIMIT);
    Outbound outbound =
        new Outbound(
            hub.among(Destinations.of(settings.hosts(), settings.registries())),
            Outbound.Lookup.system(),
            Proxies.NONE,
            () -> (SSLSocketFactory) SSLSocketFactory.getDefault(),
            patience,
            "corral-test");
    Registry registry = new Registry(outbound, hub, InstantSource.system());
    sources =
        new Sources(
            registry, Optional.of(new Hubs(outbound, hub, registry, InstantSource.system())));
    pulls =
        Pulls.open(
            database,
            "here",
            store,
            sources,
            settings,
            fetch,
            () -> Instant.now().plus(ahead),
            events::add);
  }

  /// Keeps from now on what names meant before they were pulled anew.
  ///
  /// @param rig the one node
  Anchors anchors(Management management, Target rig) {
    return anchors(management, rig, Optional.empty());
  }

  /// @param rigFolder its models, where we may write them
  Anchors anchors(Management management, Target rig, Optional<OllamaFolder> rigFolder) {
    Anchors anchors =
        new Anchors(
            database,
            "here",
            target ->
                Optional.of(
                    target.equals(Pulls.OWN)
                        ? new OwnSite(store)
                        : new NodeSite(management, rig, rigFolder, rigFolder.isPresent())),
            () -> new Anchors.Bound(ChangeSettings.defaults(), 0),
            InstantSource.system());
    pulls.keepIn(anchors);
    return anchors;
  }

  void stop() {
    pulls.close();
    try {
      store.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    database.close();
  }

  /// Somebody sets the clock of the machine.
  void clockBy(Duration time) {
    ahead = time;
  }

  /// Hours in which jobs work; empty for any.
  void hours(String window) {
    pulls.follow(settings(window), sources);
  }

  public Pulls pulls() {
    return pulls;
  }

  Sources sources() {
    return sources;
  }

  Store store() {
    return store;
  }

  Pull ask(String name) {
    return pulls.ask(name(name), "test");
  }

  /// Asks, and waits for the end.
  Pull pull(String name) {
    return awaitEnd(ask(name).id());
  }

  Pull awaitEnd(String id) {
    return await(id, pull -> pull.state().ended());
  }

  Pull await(String id, Predicate<Pull> wanted) {
    long end = System.nanoTime() + LIMIT.toNanos();
    Optional<Pull> now = pulls.find(id);
    while (now.isEmpty() || !wanted.test(now.get())) {
      assertThat(System.nanoTime()).as("still waiting; it is %s", now).isLessThan(end);
      now = pulls.awaitChange(id, now.orElse(null), Duration.ofSeconds(1));
    }
    return now.get();
  }

  /// Bytes of the ranges that were asked for.
  static long bytesAsked(RegistryDouble registry, String path) {
    return registry.exchanges(path).stream()
        .map(exchange -> exchange.request().headers().first("Range").orElseThrow())
        .mapToLong(range -> {
          String[] ends = range.replace("bytes=", "").split("-", 2);
          return Long.parseLong(ends[1]) - Long.parseLong(ends[0]) + 1;
        })
        .sum();
  }

  static ModelName name(String text) {
    return ModelName.parse(text).orElseThrow();
  }

  StoredModel model(String name) {
    try {
      return store.find(name(name)).orElseThrow();
    } catch (StoreFailure e) {
      throw new IllegalStateException(e);
    }
  }

  boolean has(String name) {
    try {
      return store.find(name(name)).isPresent();
    } catch (StoreFailure e) {
      throw new IllegalStateException(e);
    }
  }

  /// Names of all files below a folder of the store.
  List<String> files(String below) {
    try (Stream<Path> files = Files.walk(folder.resolve("models").resolve(below))) {
      return files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    stop();
  }
}
