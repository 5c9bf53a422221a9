package dev.corral.hub;

import dev.corral.model.ModelName;
import dev.corral.outbound.Leash;
import dev.corral.outbound.Outbound;
import dev.corral.registry.Hub;
import dev.corral.registry.Ranged;
import dev.corral.registry.Registry;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// All that is asked of the Hub, with what is remembered of its answers: listings, headers, search.
/// May be used from several threads.
public final class Hubs {
  /// How names of models write the Hub.
  static final String HOST = "hf.co";

  private final Site site;
  private final Listings listings;
  private final Headers headers;
  private final Search search;
  private final URI endpoint;

  /// @param outbound may ask the Hub's endpoint, and where that leads
  public Hubs(Outbound outbound, Hub hub, Registry registry, InstantSource clock) {
    this.site = new Site(outbound, hub, clock);
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

  /// What a pull of a name means in its repository.
  public Answered<Choice> choice(ModelName name) {
    return listings.meant(name).then(found -> new Answered.Got<>(found.choice()));
  }

  /// What goes with whatever is chosen in the repository that a name means; of most nothing.
  public Answered<Optional<HubFile>> projector(ModelName name) {
    return listings
        .repository(RepositoryName.of(name))
        .then(found -> new Answered.Got<>(found.files().projector()));
  }

  /// Asks for a range of a file of the repository that a name means, both ends inclusive.
  public Ranged range(ModelName name, HubFile file, long first, long last, Leash leash) {
    RepositoryName repository = RepositoryName.of(name);
    Words words = Words.of(repository, site.endpoint(), site.keyShown());
    return site.range(site.file(repository, file.path()), file.size(), first, last, words, leash);
  }

  public Headers headers() {
    return headers;
  }
}
