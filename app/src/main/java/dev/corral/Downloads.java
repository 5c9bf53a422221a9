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
import dev.corral.registry.Hub;
import dev.corral.registry.Registry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLSocketFactory;

/// The way out to registries, and the jobs that use it.
final class Downloads implements AutoCloseable {
  private static final int ID_DIGITS = 16;

  private final Variables variables;
  private final Clock clock;
  private final Consumer<String> notices;
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
    this.pulls =
        Pulls.open(database, id(database, place), store, way.registry(), settings, clock, events);
    pulls.prefetch(settings.wishes());
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
    pulls.follow(now, way.registry());
    pulls.prefetch(now.wishes());
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

  private record Way(Registry registry, Hubs hubs) {}

  private Way way(PullSettings settings) {
    Hub hub = understood(Hub::of).orElseGet(() -> Hub.of(_ -> Optional.empty()));
    Outbound outbound =
        new Outbound(
            hub.among(Destinations.of(settings.hosts(), settings.registries())),
            Outbound.Lookup.system(),
            understood(Proxies::of).orElse(Proxies.NONE),
            () -> (SSLSocketFactory) SSLSocketFactory.getDefault(),
            Patience.USUAL,
            "corral/" + Version.OURS);
    Registry registry = new Registry(outbound, hub, clock);
    return new Way(registry, new Hubs(outbound, hub, registry, clock));
  }

  /// What a variable says wrongly is said and passed over: the rest of the program needs it not.
  private <T> Optional<T> understood(Function<Function<String, Optional<String>>, T> reader) {
    try {
      return Optional.of(reader.apply(name -> variables.find(name).map(Given::text)));
    } catch (IllegalArgumentException e) {
      notices.accept(e.getMessage() + "; it is not used");
      return Optional.empty();
    }
  }
}
