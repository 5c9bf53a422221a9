package dev.corral;

import dev.corral.access.BindRule;
import dev.corral.control.CallGroup;
import dev.corral.control.HubCalls;
import dev.corral.fit.Here;
import dev.corral.fleet.Backend;
import dev.corral.fleet.Fleet;
import java.util.Optional;

/// Questions to the Hub, with the fit on this machine where models run on it.
final class HubQuestions {
  private HubQuestions() {}

  static CallGroup calls(Downloads downloads, Fitting fitting, Fleet fleet) {
    return new HubCalls(downloads::hubs, () -> here(fitting, fleet));
  }

  /// Where all backends are other machines, nobody here knows what they have.
  private static Optional<Here> here(Fitting fitting, Fleet fleet) {
    boolean local = fleet.snapshot().backends().stream().anyMatch(HubQuestions::local);
    return local ? Optional.of(fitting.here()) : Optional.empty();
  }

  private static boolean local(Backend backend) {
    return backend.target().isInside() || BindRule.loopback(backend.target().host());
  }
}
