package dev.corral;

import dev.corral.access.Access;
import dev.corral.access.BindRule;
import dev.corral.config.ConfigWatch;
import dev.corral.config.Loaded;
import dev.corral.config.Sources;
import dev.corral.door.Door;
import dev.corral.fleet.Backend;
import dev.corral.fleet.BackendSettings;
import dev.corral.fleet.Fleet;
import dev.corral.fleet.Named;
import dev.corral.gateway.Gateway;
import dev.corral.gateway.GatewaySettings;
import dev.corral.limit.Budget;
import dev.corral.limit.Turnstile;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/// What happens when the files of the configuration change. What is right is in force for the next
/// request; what is wrong changes nothing and is said.
final class Reload {
  private final AtomicReference<Loaded.Valid<Settings>> config;
  private final Sources sources;
  private final Rooms rooms;
  private final Tidings tidings;

  /// This machine's own name, under which people may reach us.
  private volatile String machine;

  /// All that follow the settings.
  record Rooms(
      Access access,
      Door door,
      Budget bodies,
      Turnstile turnstile,
      Holdings holdings,
      Configured configured,
      Gateway gateway,
      OwnBackend own,
      NodePulls nodePulls,
      Choice choice,
      Fleet fleet) {
    GatewaySettings forGateway(Settings now) {
      return holdings.forGateway(now, configured.names(now), nodePulls.hidden());
    }
  }

  /// @param config those in force, which this replaces
  Reload(
      AtomicReference<Loaded.Valid<Settings>> config,
      Sources sources,
      Rooms rooms,
      String machine,
      Tidings tidings) {
    this.config = config;
    this.sources = sources;
    this.rooms = rooms;
    this.machine = machine;
    this.tidings = tidings;
  }

  /// Watches all files whose change may change a setting or what a name means.
  ConfigWatch watch(Duration interval) {
    return ConfigWatch.start(
        sources,
        interval,
        () -> rooms.configured().files(inForce()),
        () -> Settings.load(sources),
        this::changed);
  }

  /// The machine's name became known.
  void reachedAs(String name) {
    machine = name;
    rooms.door().admit(inForce().server(), name);
  }

  /// Something beside the files changed what names mean. One at a time, so that what was read from
  /// older settings is never applied over newer ones.
  synchronized void named() {
    rooms.gateway().apply(rooms.forGateway(inForce()));
  }

  static Access.Rules rules(Settings settings) {
    return new Access.Rules(
        settings.server().auth().equals("keys"), !BindRule.loopback(settings.server().host()));
  }

  private Settings inForce() {
    return config.get().settings();
  }

  private void changed(Loaded<Settings> loaded) {
    switch (loaded) {
      case Loaded.Invalid<Settings> invalid -> tidings.notTaken(invalid.problems());
      case Loaded.Valid<Settings> valid -> {
        Settings before = config.getAndSet(valid).settings();
        take(valid.settings());
        tidings.taken(waits(before, valid.settings()));
      }
    }
  }

  private void take(Settings now) {
    rooms.access().follow(rules(now));
    rooms.door().admit(now.server(), machine);
    rooms.bodies().allow(now.limits().bodies().count());
    rooms.turnstile().allow(now.limits().concurrent(), now.limits().queue());
    rooms.holdings().follow(now);
    named();
    rooms.own().engine().apply(now.engine());
    rooms.own().downloads().follow(now.pull());
    rooms.own().store().trash().keep(now.store().trash());
    Choice.Chosen chosen = rooms.choice().of(now, sources.variables());
    rooms.fleet().replace(chosen.backends(), chosen.why(), now.health());
    rooms.nodePulls().prefetchSoon(() -> looked(chosen));
  }

  /// The fleet takes a changed list over by itself, a moment later.
  private boolean looked(Choice.Chosen chosen) {
    List<Backend> now = rooms.fleet().snapshot().backends();
    Set<BackendSettings> wanted =
        chosen.backends().stream().map(Named::settings).collect(Collectors.toSet());
    return now.stream().map(Backend::settings).collect(Collectors.toSet()).equals(wanted)
        && now.stream().noneMatch(backend -> backend.state() == Backend.State.UNKNOWN);
  }

  /// True where something of it waits for a restart.
  private static boolean waits(Settings before, Settings now) {
    return !before.database().equals(now.database())
        || !before.server().host().equals(now.server().host())
        || before.server().port() != now.server().port();
  }
}
