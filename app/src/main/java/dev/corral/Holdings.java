package dev.corral;

import dev.corral.assign.Active;
import dev.corral.assign.Assignments;
import dev.corral.assign.Protection;
import dev.corral.config.Variables;
import dev.corral.control.CallGroup;
import dev.corral.control.Glances;
import dev.corral.control.LibraryParts;
import dev.corral.control.ModelCalls;
import dev.corral.db.Database;
import dev.corral.db.Schema;
import dev.corral.fleet.Fleet;
import dev.corral.gateway.GatewaySettings;
import dev.corral.library.Catalog;
import dev.corral.library.CatalogSettings;
import dev.corral.library.Library;
import dev.corral.library.Recorder;
import dev.corral.library.RemoteLists;
import dev.corral.model.ModelName;
import dev.corral.ollama.Management;
import dev.corral.outbound.Destinations;
import dev.corral.pull.Pull;
import dev.corral.pull.PullState;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// What this program keeps about models beside the backends' own listings: the library and its
/// database, the catalog, which models are protected, and which is active.
final class Holdings implements AutoCloseable {
  private final Database database;
  private final Library library;
  private final RemoteLists lists;
  private final Catalog catalog;
  private final Recorder recorder;
  private final Protection protection;
  private final Active active;
  private final Stocktaker stocktaker;
  private final Management nodes;
  private final Clock clock;

  /// Other instances may change what lies in the database of settings.
  private final boolean sharing;

  private volatile CatalogSettings settings;

  /// @param variables say which proxy leads out
  /// @param corral the database of settings
  /// @param notes lines for the operator about the opening
  /// @param notices lines for the operator later
  /// @throws Unstartable where the library's database cannot be used
  Holdings(
      Settings settings,
      Home home,
      Variables variables,
      Database corral,
      Management nodes,
      Clock clock,
      Consumer<String> notes,
      Consumer<String> notices) {
    this.nodes = nodes;
    this.clock = clock;
    this.settings = settings.catalog();
    this.database = home.open(settings.database(), "library.db", Schema.LIBRARY, notes);
    this.library = new Library(database, clock);
    this.lists =
        new RemoteLists(
            home.file("catalog").resolve("lists"),
            allowed -> Downloads.outbound(allowed, variables),
            notices);
    this.catalog = new Catalog(home.file("catalog"), lists::now, notices);
    this.recorder = new Recorder(catalog);
    this.protection = new Protection(corral, clock);
    this.active = new Active(corral, clock);
    this.stocktaker =
        new Stocktaker(library, recorder, () -> this.settings, clock, Stocktaker.ROUND);
    this.sharing = corral.shared();
    follow(settings);
  }

  Library library() {
    return library;
  }

  Catalog catalog() {
    return catalog;
  }

  Protection protection() {
    return protection;
  }

  /// Hears of exchanges, and only puts them down.
  Stocktaker stocktaker() {
    return stocktaker;
  }

  /// Begins to watch the backends.
  ///
  /// @param files where the weights of a model lie that is in our own store; empty elsewhere
  /// @param renamed told after another instance chose another active model
  void begin(Fleet fleet, Function<ModelName, String> files, Runnable renamed) {
    Runnable shared =
        () -> {
          if (refreshed()) {
            renamed.run();
          }
        };
    stocktaker.begin(fleet::snapshot, files, sharing ? shared : () -> {});
  }

  /// Looks what other instances chose.
  ///
  /// @return true where that changed what names mean
  boolean refreshed() {
    Optional<Active.Choice> before = active.chosen();
    active.reread();
    return !before.equals(active.chosen());
  }

  /// What the settings mean for the gateway, with the model that is active now.
  ///
  /// @param names what free names mean
  /// @param hidden what no listing shows
  GatewaySettings forGateway(
      Settings now, Map<String, String> names, GatewaySettings.Anchored hidden) {
    Destinations hosts = Destinations.of(now.pull().hosts(), now.pull().registries());
    return new GatewaySettings(
        Assignments.of(now.defaultModel(), names).choosing(active),
        now.limits().body().count(),
        now.server().headers(),
        hosts::mayBeAsked,
        protection::protects,
        hidden);
  }

  /// Takes over changed settings.
  void follow(Settings now) {
    settings = now.catalog();
    lists.follow(now.catalog());
    protection.follow(now.protectedModels());
    active.follow(now.defaultModel());
  }

  /// A download job moved.
  void pulled(Pull pull) {
    if (pull.state() == PullState.DONE) {
      stocktaker.came(pull.model());
    }
  }

  /// The management calls about models.
  ///
  /// @param activeChanged told after somebody chose another active model
  CallGroup calls(
      Fleet fleet, Supplier<Assignments> assignments, Fitting fitting, Runnable activeChanged) {
    return new ModelCalls(
        new LibraryParts(
            fleet,
            nodes,
            assignments,
            library,
            catalog,
            protection,
            active,
            activeChanged,
            () -> settings,
            recorder::of,
            new Glances(fitting.here(), fitting.headers()::near, clock)));
  }

  @Override
  public void close() {
    lists.close();
    stocktaker.close();
    database.close();
  }
}
