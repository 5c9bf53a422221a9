package dev.corral.control;

import dev.corral.assign.Active;
import dev.corral.assign.Assignments;
import dev.corral.assign.Protection;
import dev.corral.fleet.Fleet;
import dev.corral.library.Catalog;
import dev.corral.library.CatalogSettings;
import dev.corral.library.Entry;
import dev.corral.library.Library;
import dev.corral.library.Place;
import dev.corral.ollama.Management;
import java.util.function.Supplier;

/// What the calls about models are given by the wiring.
///
/// @param activeChanged told after somebody chose another active model
/// @param settings of the catalog, as they are now
/// @param rows makes the row of a model from what a backend tells
/// @param fits judges models at a glance
public record LibraryParts(
    Fleet fleet,
    Management nodes,
    Supplier<Assignments> assignments,
    Library library,
    Catalog catalog,
    Protection protection,
    Active active,
    Runnable activeChanged,
    Supplier<CatalogSettings> settings,
    Rows rows,
    Glances fits) {

  /// Makes the row of a model from what a backend tells of it.
  @FunctionalInterface
  public interface Rows {
    Entry of(Place.Found found);
  }
}
