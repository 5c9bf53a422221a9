package dev.corral.registry;

import dev.corral.model.ModelName;
import dev.corral.outbound.Ask;
import dev.corral.outbound.Leash;
import dev.corral.outbound.Origin;
import dev.corral.outbound.Outbound;
import java.net.URI;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;

/// Finds the registry that a name means.
public final class Registry {
  private final Outbound outbound;
  private final Hub hub;
  private final InstantSource clock;

  public Registry(Outbound outbound, Hub hub, InstantSource clock) {
    this.outbound = outbound;
    this.hub = hub;
    this.clock = clock;
  }

  /// One model's place at its registry. Nothing is asked yet.
  ///
  /// @param leash ends whatever is asked there
  public Remote open(ModelName name, Leash leash) {
    boolean atHub = Hub.means(name);
    URI base = atHub ? hub.endpoint() : base(name.host().toLowerCase(Locale.ROOT));
    Optional<Ask.Credential> credential = atHub ? hub.credential() : Optional.empty();
    return new Remote(outbound, name, base, credential, leash, clock);
  }

  /// True where the operator named this name's registry as one that speaks plain http.
  public boolean plain(ModelName name) {
    return !Hub.means(name)
        && base(name.host().toLowerCase(Locale.ROOT)).getScheme().equals("http");
  }

  /// Plain http only where the operator named the registry so. What is no host at all is refused
  /// when it is asked.
  private URI base(String host) {
    URI plain = URI.create("http://" + host);
    return Origin.of(plain).filter(outbound.destinations()::named).isPresent()
        ? plain
        : URI.create("https://" + host);
  }
}
