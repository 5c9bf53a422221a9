package dev.corral.pull;

import dev.corral.blobs.Store;

/// How models are fetched into a store that we write, as the settings in force have it.
record Fetching(Sources sources, FetchSettings settings, Throttle throttle) {
  Run run(Work.Order order, Store store) {
    return new Run(order, store, sources, settings, throttle);
  }

  Repair repair(Store store) {
    return new Repair(store, sources, settings, throttle);
  }
}
