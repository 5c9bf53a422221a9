package dev.corral.hub;

import dev.corral.outbound.Outbound;
import dev.corral.registry.Hub;
import dev.corral.registry.Registry;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;

/// All that is asked of the Hub, with what is remembered of its answers: listings, headers, search.
/// May be used from several threads.
public final class Hubs {
  /// How names of models write the Hub.
  static final String HOST = "hf.co";

  private final Listings listings;
  private final Headers headers;
  private final Search search;
  private final URI endpoint;

  /// @param outbound may ask the Hub's endpoint, and where that leads
  public Hubs(Outbound outbound, Hub hub, Registry registry, InstantSource clock) {
    Site site = new Site(outbound, hub, clock);
    this.listings = new Listings(site, clock);
    this.headers = new Headers(site, listings, registry);
    this.search = new Search(site);
    this.endpoint = hub.endpoint();
  }

  /// What a repository has. May block for half a minute.
  public Answered<Repository> repository(RepositoryName name) {
    return listings.repository(name);
  }

  /// Repositories with GGUF files that fit these words, the most fetched first; thirty at most.
  public Answered<List<Hit>> find(String words) {
    return search.find(words);
  }

  /// Where the Hub is asked, and where a browser sees it.
  public URI endpoint() {
    return endpoint;
  }

  public Headers headers() {
    return headers;
  }
}
