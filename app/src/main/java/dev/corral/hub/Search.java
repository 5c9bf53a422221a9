package dev.corral.hub;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.registry.Trouble;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Finds repositories that have GGUF files, the most fetched first.
final class Search {
  private static final int MOST = 30;
  private static final int LONGEST_TIME = 40;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final Site site;

  Search(Site site) {
    this.site = site;
  }

  Answered<List<Hit>> find(String words) {
    String query = URLEncoder.encode(words, StandardCharsets.UTF_8);
    URI uri =
        site.at(
            "/api/models?search="
                + query
                + "&filter=gguf&sort=downloads&direction=-1&limit="
                + MOST);
    Words said = Words.ofSearch(site.endpoint(), site.keyShown());
    return switch (site.page(uri, said, "", System.nanoTime() + PATIENCE_NANOS)) {
      case Answered.Not<Site.Page>(Trouble trouble) -> new Answered.Not<>(trouble);
      case Answered.Got<Site.Page>(Site.Page page) when !page.body().isArray() ->
          new Answered.Not<>(said.wrong("its list of models is none"));
      case Answered.Got<Site.Page>(Site.Page page) -> {
        List<Hit> hits = new ArrayList<>();
        page.body().forEach(entry -> hit(entry).ifPresent(hits::add));
        yield new Answered.Got<>(hits.stream().limit(MOST).toList());
      }
    };
  }

  private static Optional<Hit> hit(JsonNode entry) {
    String[] parts = entry.path("id").asText(entry.path("modelId").asText("")).split("/", -1);
    try {
      return parts.length == 2
          ? Optional.of(
              new Hit(
                  new RepositoryName(parts[0], parts[1]),
                  Listings.access(entry),
                  Math.max(0, entry.path("downloads").asLong(0)),
                  Math.max(0, entry.path("likes").asLong(0)),
                  Words.plain(entry.path("lastModified").asText(""), LONGEST_TIME)))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // a name that no repository has
    }
  }
}
