package dev.corral;

import dev.corral.blobs.Store;
import dev.corral.config.Given;
import dev.corral.config.Variables;
import dev.corral.db.Database;
import dev.corral.hub.Hubs;
import dev.corral.model.Digest;
import dev.corral.outbound.Destinations;
import dev.corral.outbound.Outbound;
import dev.corral.outbound.Patience;
import dev.corral.outbound.Proxies;
import dev.corral.pull.PullEvent;
import dev.corral.pull.PullSettings;
import dev.corral.pull.Pulls;
import dev.corral.pull.Sources;
import dev.corral.registry.Hub;
import dev.corral.registry.Registry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLSocketFactory;

/// The way out to registries, and the jobs that use it.
final class Downloads implements AutoCloseable {
  private static final int ID_DIGITS = 16;

  /// Somebody waits for a listing or a header, as nobody waits for gigabytes.
  private static final Patience LOOKED_AT =
      new Patience(Duration.ofSeconds(5), Duration.ofSeconds(12), Duration.ofSeconds(20));

  private final Variables variables;
  private final Clock clock;
  private final Consumer<String> notices;
  private final String storeId;
  private final Pulls pulls;
  private volatile Hubs hubs;

  /// @param place tells our store from those of other instances that share the database
  /// @param events of jobs; told on the owner's thread
  /// @param notices lines for the operator
  Downloads(
      PullSettings settings,
      Variables variables,
      Database database,
      String place,
      Store store,
      Clock clock,
      Consumer<PullEvent> events,
      Consumer<String> notices) {
    this.variables = variables;
    this.clock = clock;
    this.notices = notices;
    Way way = way(settings);
    this.hubs = way.hubs();
    this.storeId = id(database, place);
    this.pulls = Pulls.open(database, storeId, store, way.sources(), settings, clock, events);
  }

  /// Tells our store from those of other instances that share the database.
  String storeId() {
    return storeId;
  }

  Pulls pulls() {
    return pulls;
  }

  /// As the settings in force let it be asked.
  Hubs hubs() {
    return hubs;
  }

  /// Takes over changed settings; jobs that run go on with the old ones.
  void follow(PullSettings now) {
    Way way = way(now);
    hubs = way.hubs();
    pulls.follow(now, way.sources());
  }

  @Override
  public void close() {
    pulls.close();
  }

  /// A file in the home is of one instance, whatever its machine is called today.
  private static String id(Database database, String place) {
    return database.shared()
        ? Digest.of(place.getBytes(StandardCharsets.UTF_8)).hex().substring(0, ID_DIGITS)
        : "own";
  }

  private record Way(Registry registry, Hubs hubs) {
    Sources sources() {
      return new Sources(registry, Optional.of(hubs));
    }
  }

  private Way way(PullSettings settings) {
    Hub hub =
        understood(variables, Hub::of, notices).orElseGet(() -> Hub.of(_ -> Optional.empty()));
    Destinations allowed = hub.among(Destinations.of(settings.hosts(), settings.registries()));
    Proxies proxies = understood(variables, Proxies::of, notices).orElse(Proxies.NONE);
    Registry registry = new Registry(outbound(allowed, proxies, Patience.USUAL), hub, clock);
    Outbound asking = outbound(allowed, proxies, LOOKED_AT);
    return new Way(registry, new Hubs(asking, hub, new Registry(asking, hub, clock), clock));
  }

  private static Outbound outbound(Destinations allowed, Proxies proxies, Patience patience) {
    return new Outbound(
        allowed,
        Outbound.Lookup.system(),
        proxies,
        () -> (SSLSocketFactory) SSLSocketFactory.getDefault(),
        patience,
        "corral/" + Version.OURS);
  }

  /// The way out to what may be asked, past the proxies of the variables.
  static Outbound outbound(Destinations allowed, Variables variables) {
    Optional<Proxies> proxies =
        understood(variables, Proxies::of, _ -> {}); // said where downloads begin
    return outbound(allowed, proxies.orElse(Proxies.NONE), LOOKED_AT);
  }

  /// What a variable says wrongly is said and passed over: the rest of the program needs it not.
  private static <T> Optional<T> understood(
      Variables variables,
      Function<Function<String, Optional<String>>, T> reader,
      Consumer<String> notices) {
    try {
      return Optional.of(reader.apply(name -> variables.find(name).map(Given::text)));
    } catch (IllegalArgumentException e) {
      notices.accept(e.getMessage() + "; it is not used");
      return Optional.empty();
    }
  }
}
