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
import dev.corral.db.Opening;
import dev.corral.db.Schema;
import dev.corral.fleet.Fleet;
import dev.corral.library.Catalog;
import dev.corral.library.CatalogSettings;
import dev.corral.library.Library;
import dev.corral.library.Recorder;
import dev.corral.library.RemoteLists;
import dev.corral.ollama.Management;
import dev.corral.pull.Pull;
import dev.corral.pull.PullState;
import java.time.Clock;
import java.util.Map;
import java.util.function.Consumer;
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
    this.database =
        switch (Database.open(settings.database(), home.file("library.db"), Schema.LIBRARY)) {
          case Opening.Opened opened -> {
            opened.notes().forEach(notes);
            yield opened.database();
          }
          case Opening.Refused no -> throw new Unstartable(no.message(), no.next());
        };
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
        new Stocktaker(
            library,
            recorder,
            () -> this.settings,
            clock,
            corral.shared() ? active::reread : () -> {});
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

  /// The wanted state of a configuration, with the model that is active now.
  ///
  /// @param names what free names mean
  Assignments assignments(Settings now, Map<String, String> names) {
    return Assignments.of(now.defaultModel(), names).choosing(active);
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
