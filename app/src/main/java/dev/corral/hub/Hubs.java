package dev.corral.hub;

import dev.corral.outbound.Outbound;
import dev.corral.registry.Hub;
import dev.corral.registry.Registry;
import java.time.InstantSource;

/// All that is asked of the Hub, with what is remembered of its answers: listings, headers, search.
/// May be used from several threads.
public final class Hubs {
  /// How names of models write the Hub.
  static final String HOST = "hf.co";

  private final Listings listings;
  private final Headers headers;

  /// @param outbound may ask the Hub's endpoint, and where that leads
  public Hubs(Outbound outbound, Hub hub, Registry registry, InstantSource clock) {
    Site site = new Site(outbound, hub, clock);
    this.listings = new Listings(site);
    this.headers = new Headers(site, listings, registry);
  }

  /// What a repository has. May block for half a minute.
  public Answered<Repository> repository(RepositoryName name) {
    return listings.repository(name);
  }

  public Headers headers() {
    return headers;
  }
}
