package dev.corral.library;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/// @param sources addresses of lists that are fetched; none by default
/// @param refresh how often a list is asked whether it changed
/// @param adopt what happens with models that a backend has and nobody tracks: `offer` shows them,
///   `auto` tracks them, `off` says nothing
public record CatalogSettings(List<String> sources, Duration refresh, String adopt) {
  private static final List<String> ADOPT = List.of("offer", "auto", "off");

  /// A list that is asked more often than this is no list but a burden.
  private static final Duration LEAST_REFRESH = Duration.ofMinutes(1);

  public static CatalogSettings defaults() {
    return new CatalogSettings(List.of(), Duration.ofHours(24), "offer");
  }

  public CatalogSettings {
    sources = List.copyOf(sources);
    sources.forEach(CatalogSettings::check);
    if (!ADOPT.contains(adopt)) {
      throw new IllegalArgumentException("catalog.adopt must be offer, auto or off");
    }
    if (refresh.compareTo(LEAST_REFRESH) < 0) {
      throw new IllegalArgumentException("catalog.refresh must be at least 1m");
    }
  }

  private static void check(String source) {
    try {
      URI uri = URI.create(source);
      boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      if (web && uri.getHost() != null && uri.getUserInfo() == null) {
        return;
      }
    } catch (IllegalArgumentException e) {
      // Told below, with what an address looks like.
    }
    throw new IllegalArgumentException(
        "catalog.sources: '" + source + "' is no address; write https://HOST/FILE.json");
  }
}
