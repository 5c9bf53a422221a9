package dev.corral.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.corral.model.Digest;
import dev.corral.model.ModelName;
import dev.corral.registry.Trouble;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Asks for the files of repositories, and keeps the answers for a short while; then the Hub is
/// asked whether they changed.
final class Listings {
  /// Long enough for somebody who looks and then chooses.
  private static final Duration FRESH = Duration.ofMinutes(1);

  private static final int MOST_KEPT = 64;

  /// A thousand files each; no repository of one model has as many.
  private static final int MOST_PAGES = 20;

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final int MOST_LICENSE = 80;
  private static final JsonNode NOTHING = new JsonMapper().createObjectNode();

  private final Site site;
  private final InstantSource clock;
  private final Map<RepositoryName, Kept> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<RepositoryName, Kept> eldest) {
          return size() > MOST_KEPT;
        }
      };

  /// @param etag of the first page; empty where all is asked for anew: a listing of several pages,
  ///   and one of which the Hub did not say what it is
  private record Kept(Repository repository, String etag, Instant at) {}

  /// @param etag of the first page where it is the only one
  private record Files(List<HubFile> files, String etag, boolean truncated, boolean unchanged) {}

  Listings(Site site, InstantSource clock) {
    this.site = site;
    this.clock = clock;
  }

  Answered<Repository> repository(RepositoryName name) {
    Optional<Kept> before = known(name);
    Instant now = clock.instant();
    if (before.filter(kept -> kept.at().plus(FRESH).isAfter(now)).isPresent()) {
      return new Answered.Got<>(before.get().repository());
    }
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    Words words = Words.of(name, site.endpoint(), site.keyShown());
    Answered<Files> files = files(name, words, before.map(Kept::etag).orElse(""), deadline);
    return switch (files) {
      case Answered.Not<Files>(Trouble trouble) -> new Answered.Not<>(trouble);
      case Answered.Got<Files>(Files got) when got.unchanged() && before.isPresent() ->
          new Answered.Got<>(keep(before.get().repository(), before.get().etag()));
      case Answered.Got<Files>(Files got) -> {
        Answered<Site.Page> info = site.page(site.at("/api/models/" + name), words, "", deadline);
        yield new Answered.Got<>(
            info instanceof Answered.Got<Site.Page>(Site.Page page)
                ? keep(described(name, got, page.body()), got.etag())
                : keep(described(name, got, NOTHING), ""));
      }
    };
  }

  /// What a pull of a name means in its repository.
  record Meant(Repository repository, Choice choice) {}

  Answered<Meant> meant(ModelName name) {
    RepositoryName repository;
    try {
      repository = RepositoryName.of(name);
    } catch (IllegalArgumentException e) {
      return missing(name, "is no repository of the Hub", "Write it as hf.co/OWNER/REPOSITORY.");
    }
    return repository(repository)
        .then(found ->
            found
                .files()
                .meantBy(name.tag())
                .<Answered<Meant>>map(choice -> new Answered.Got<>(new Meant(found, choice)))
                .orElseGet(() ->
                    missing(
                        name,
                        "is not among the GGUF files of " + repository,
                        "See what there is: corral hub " + repository)));
  }

  static <T> Answered<T> missing(ModelName name, String clause, String next) {
    return new Answered.Not<>(
        new Trouble(Trouble.Kind.MISSING, "'" + name.shortName() + "' " + clause, next));
  }

  private Optional<Kept> known(RepositoryName name) {
    synchronized (kept) {
      return Optional.ofNullable(kept.get(name));
    }
  }

  private Repository keep(Repository repository, String etag) {
    synchronized (kept) {
      kept.put(repository.name(), new Kept(repository, etag, clock.instant()));
    }
    return repository;
  }

  private Answered<Files> files(RepositoryName name, Words words, String etag, long deadline) {
    List<HubFile> files = new ArrayList<>();
    Set<URI> been = new HashSet<>();
    Optional<URI> at = Optional.of(site.at("/api/models/" + name + "/tree/main?recursive=true"));
    String first = "";
    while (at.isPresent() && been.size() < MOST_PAGES && been.add(at.get())) {
      boolean begin = been.size() == 1;
      switch (site.page(at.get(), words, begin ? etag : "", deadline)) {
        case Answered.Not<Site.Page>(Trouble trouble) -> {
          return new Answered.Not<>(trouble);
        }
        case Answered.Got<Site.Page>(Site.Page page) when page.unchanged() -> {
          return new Answered.Got<>(new Files(List.of(), etag, false, true));
        }
        case Answered.Got<Site.Page>(Site.Page page) when !page.body().isArray() -> {
          return new Answered.Not<>(words.wrong("its listing of files is none"));
        }
        case Answered.Got<Site.Page>(Site.Page page) -> {
          page.body().forEach(entry -> file(entry).ifPresent(files::add));
          at = page.next();
          first = begin && at.isEmpty() ? page.etag() : "";
        }
      }
    }
    return new Answered.Got<>(new Files(files, first, at.isPresent(), false));
  }

  private static Optional<HubFile> file(JsonNode entry) {
    String path = entry.path("path").asText("");
    long size = entry.path("lfs").path("size").asLong(entry.path("size").asLong(-1));
    if (!entry.path("type").asText("file").equals("file") || path.isEmpty() || size < 0) {
      return Optional.empty();
    }
    Optional<Digest> digest =
        Digest.parse("sha256:" + entry.path("lfs").path("oid").asText("").replace("sha256:", ""));
    return Optional.of(new HubFile(path, size, digest));
  }

  /// What the Hub says of the repository itself. Files without it are worth more than nothing.
  private static Repository described(RepositoryName name, Files files, JsonNode info) {
    JsonNode gguf = info.path("gguf");
    Optional<Boolean> template =
        gguf.isObject() && gguf.has("architecture")
            ? Optional.of(!gguf.path("chat_template").asText("").isBlank())
            : Optional.empty();
    return new Repository(
        name,
        access(info),
        license(info),
        Words.plain(gguf.path("architecture").asText(""), MOST_LICENSE),
        number(gguf.path("context_length")),
        number(gguf.path("total")),
        template,
        Math.max(0, info.path("downloads").asLong(0)),
        Math.max(0, info.path("likes").asLong(0)),
        Sorted.of(name, Hubs.HOST, files.files()),
        files.truncated());
  }

  private static OptionalLong number(JsonNode node) {
    return node.isIntegralNumber() && node.asLong() > 0
        ? OptionalLong.of(node.asLong())
        : OptionalLong.empty();
  }

  /// `gated` is `false`, `"auto"` or `"manual"`.
  static Repository.Access access(JsonNode info) {
    JsonNode gated = info.path("gated");
    if (gated.asText("").equals("manual")) {
      return Repository.Access.GATED_BY_OWNER;
    }
    if ((gated.isTextual() && !gated.asText().equals("false")) || gated.asBoolean(false)) {
      return Repository.Access.GATED;
    }
    return info.path("private").asBoolean(false)
        ? Repository.Access.PRIVATE
        : Repository.Access.OPEN;
  }

  private static String license(JsonNode info) {
    JsonNode card = info.path("cardData");
    String named = card.path("license_name").asText("");
    String said = named.isEmpty() ? card.path("license").asText("") : named;
    if (said.isEmpty()) {
      for (JsonNode tag : info.path("tags")) {
        if (tag.asText("").startsWith("license:")) {
          said = tag.asText().substring("license:".length());
        }
      }
    }
    return Words.plain(said, MOST_LICENSE);
  }
}
