package dev.corral.testkit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A double of Hugging Face: repositories with their listing in pages, search, files by ranges that
/// may lie on another host, gated and private ones, and mischief on command.
///
/// ```java
/// HubDouble cdn = HubDouble.start();
/// HubDouble hub = HubDouble.builder().pageSize(2).filesAt(cdn).key("hf_secret").start();
/// hub.file("owner/repo", "model-Q4_K_M.gguf", Content.of(bytes));
/// hub.access("owner/repo", HubDouble.Access.GATED);
/// hub.play(Mischief.busy(429, Duration.ofSeconds(7)), Where.path("/api/models/owner/repo"));
/// ```
///
/// A pull as Ollama does it (`/v2/owner/repo/manifests/Q4_K_M`) is served from the same files: the
/// first model whose name holds the tag, or is it; without a tag Q4_K_M, or the first one.
public final class HubDouble extends Node {
  private static final Pattern INFO = Pattern.compile("/api/models/([^/]+/[^/]+)");
  private static final Pattern TREE = Pattern.compile("/api/models/([^/]+/[^/]+)/tree/([^/]+)");
  private static final Pattern FILE = Pattern.compile("/([^/]+/[^/]+)/resolve/([^/]+)/(.+)");
  private static final Pattern V2 = Pattern.compile("/v2/([^/]+/[^/]+)/(manifests|blobs)/([^/]+)");
  private static final int USUAL_PAGE = 1000;

  /// Who gets the files.
  public enum Access {
    OPEN,
    /// Listed for all; files only with a key, and with one that has accepted the licence.
    GATED,
    /// Not there for anybody without a key.
    PRIVATE
  }

  private final Map<String, HubShelf.Repository> repositories = new ConcurrentHashMap<>();
  private final Strikes<Mischief> mischief = new Strikes<>();
  private final int pageSize;
  private final String key;
  private final @Nullable HubDouble cdn;
  private volatile String pagesAt = "";

  private HubDouble(Builder builder) {
    super(builder.port);
    pageSize = builder.pageSize;
    key = builder.key;
    cdn = builder.cdn;
    open();
  }

  public static HubDouble start() {
    return builder().start();
  }

  public static Builder builder() {
    return new Builder();
  }

  /// How a Hub is to be.
  public static final class Builder {
    private int port;
    private int pageSize = USUAL_PAGE;
    private String key = "";
    private @Nullable HubDouble cdn;

    private Builder() {}

    public Builder port(int number) {
      port = number;
      return this;
    }

    /// Files on one page of a listing.
    public Builder pageSize(int files) {
      pageSize = files;
      return this;
    }

    /// The key that is good, as `Authorization: Bearer …`; others are refused everywhere.
    public Builder key(String secret) {
      key = secret;
      return this;
    }

    /// Files lie at this other double; requests for them are redirected there.
    public Builder filesAt(HubDouble other) {
      cdn = other;
      return this;
    }

    public HubDouble start() {
      return new HubDouble(this);
    }
  }

  /// Keeps a file, in place of what was there.
  ///
  /// @param repository `owner/name`
  public void file(String repository, String path, Content content) {
    keep(repository, new HubShelf.Kept(path, content, content.digest()));
  }

  /// Keeps a file that has this begin and `size` bytes. Its listed digest is made up, so that
  /// gigabytes need not be hashed: good for headers, not for pulls.
  public void large(String repository, String path, byte[] begin, long size) {
    String digest = Content.of(repository + path + size).digest();
    keep(repository, new HubShelf.Kept(path, Content.headed(begin, size), digest));
  }

  private void keep(String repository, HubShelf.Kept file) {
    at(repository).files.put(file.path(), file);
    if (cdn != null) {
      cdn.keep("cdn/files", new HubShelf.Kept(file.digest(), file.content(), file.digest()));
    }
  }

  public void remove(String repository, String path) {
    at(repository).files.remove(path);
  }

  public void access(String repository, Access access) {
    at(repository).access = access;
  }

  /// The account of the key has accepted the licence.
  public void accepted(String repository) {
    at(repository).accepted = true;
  }

  /// Further members of what is told of a repository: `downloads`, `tags`, `gguf`.
  public void info(String repository, Consumer<ObjectNode> more) {
    ObjectNode info = at(repository).info;
    synchronized (info) {
      more.accept(info);
    }
  }

  /// Links to further pages lead to this host instead of ours, as a mirror passes them on.
  public void pagesAt(String url) {
    pagesAt = url;
  }

  /// Plays it on the requests that `where` describes; the first rule that fits wins.
  public void play(Mischief trick, Where where) {
    mischief.add(trick, where);
  }

  /// No mischief any more.
  public void behave() {
    mischief.clear();
    heal();
  }

  /// For [Where#path].
  public static String listingPath(String repository) {
    return "/api/models/" + repository + "/tree/main";
  }

  public static String infoPath(String repository) {
    return "/api/models/" + repository;
  }

  public static String filePath(String repository, String path) {
    return "/" + repository + "/resolve/main/" + path;
  }

  /// How often a file was asked for here; where it lies at another host, each time led there.
  public long asked(String repository, String path) {
    return exchanges(filePath(repository, path)).size();
  }

  private HubShelf.Repository at(String repository) {
    return repositories.computeIfAbsent(repository, _ -> new HubShelf.Repository());
  }

  @Override
  void answer(Exchange exchange, Reply reply) {
    Received request = exchange.request();
    String path = URLDecoder.decode(request.path().replace("+", "%2B"), StandardCharsets.UTF_8);
    Mischief trick = mischief.on(request);
    if (Prank.struck(trick, reply)) {
      return;
    }
    Matcher tree = TREE.matcher(path);
    Matcher info = INFO.matcher(path);
    Matcher file = FILE.matcher(path);
    Matcher v2 = V2.matcher(path);
    if (path.startsWith("/cdn/")) {
      stored(exchange, reply, path.substring("/cdn/".length()), trick);
    } else if (wrongKey(request)) {
      refuse(reply, 401, "", "Invalid credentials in Authorization header");
    } else if (path.equals("/api/models")) {
      search(request, reply);
    } else if (v2.matches()) {
      pulled(exchange, reply, v2, trick);
    } else if (tree.matches()) {
      listing(request, reply, tree.group(1), tree.group(2));
    } else if (info.matches()) {
      described(request, reply, info.group(1));
    } else if (file.matches()) {
      file(exchange, reply, file, trick);
    } else {
      refuse(reply, 404, "", "Not Found");
    }
  }

  private boolean shown(Received request) {
    return !key.isEmpty()
        && request.headers().first("Authorization").filter(("Bearer " + key)::equals).isPresent();
  }

  private boolean wrongKey(Received request) {
    return request.headers().has("Authorization") && !shown(request);
  }

  private static Headers json() {
    return Headers.of("Content-Type", "application/json; charset=utf-8");
  }

  private static void refuse(Reply reply, int status, String code, String text) {
    Headers headers = json();
    if (!code.isEmpty()) {
      headers = headers.with("X-Error-Code", code).with("X-Error-Message", text);
    }
    reply.whole(status, headers, Json.bytes(Json.object().put("error", text)));
  }

  /// The repository where the caller may know of it; else the caller has its answer.
  private HubShelf.@Nullable Repository known(Received request, Reply reply, String name) {
    HubShelf.Repository found = repositories.get(name);
    if (found == null || (found.access == Access.PRIVATE && !shown(request))) {
      refuse(
          reply,
          shown(request) ? 404 : 401,
          "RepoNotFound",
          shown(request) ? "Repository not found" : "Invalid username or password.");
      return null;
    }
    return found;
  }

  private void described(Received request, Reply reply, String name) {
    HubShelf.Repository found = known(request, reply, name);
    if (found != null) {
      reply.whole(200, json(), Json.bytes(HubShelf.about(name, found)));
    }
  }

  private void search(Received request, Reply reply) {
    Map<String, String> query = HubShelf.query(request);
    String words = query.getOrDefault("search", "").toLowerCase(Locale.ROOT);
    int limit = Integer.parseInt(query.getOrDefault("limit", "1000"));
    ArrayNode hits = Json.object().putArray("hits");
    repositories.entrySet().stream()
        .filter(one -> one.getKey().toLowerCase(Locale.ROOT).contains(words))
        .filter(one -> one.getValue().access != Access.PRIVATE || shown(request))
        .sorted(Map.Entry.comparingByKey())
        .limit(limit)
        .forEach(one -> hits.add(HubShelf.about(one.getKey(), one.getValue())));
    reply.whole(200, json(), Body.of(hits.toString()).unsafe());
  }

  private void listing(Received request, Reply reply, String name, String revision) {
    HubShelf.Repository found = known(request, reply, name);
    if (found == null) {
      return;
    }
    if (!revision.equals("main")) {
      refuse(reply, 404, "RevisionNotFound", "Invalid rev id: " + revision);
      return;
    }
    List<HubShelf.Kept> files =
        found.files.values().stream().sorted(Comparator.comparing(HubShelf.Kept::path)).toList();
    int from = Integer.parseInt(HubShelf.query(request).getOrDefault("cursor", "0"));
    int to = Math.min(files.size(), from + pageSize);
    ArrayNode page = Json.object().putArray("page");
    files.subList(Math.min(from, to), to).forEach(file -> page.add(HubShelf.entry(file)));
    String etag = "W/\"" + Content.of(page.toString()).digest().substring(7, 27) + "\"";
    Headers headers = json().with("ETag", etag);
    if (to < files.size()) {
      String base = pagesAt.isEmpty() ? url().toString() : pagesAt;
      String next = base + listingPath(name) + "?recursive=true&cursor=" + to;
      headers = headers.with("Link", "<" + next + ">; rel=\"next\"");
    }
    boolean same = request.headers().first("If-None-Match").filter(etag::equals).isPresent();
    reply.whole(same ? 304 : 200, headers, same ? new byte[0] : Body.of(page.toString()).unsafe());
  }

  /// @return whether the caller may have files; else it has its answer
  private boolean given(Received request, Reply reply, HubShelf.Repository found, String name) {
    if (found.access != Access.GATED || (shown(request) && found.accepted)) {
      return true;
    }
    refuse(
        reply,
        shown(request) ? 403 : 401,
        "GatedRepo",
        "Access to model " + name + " is restricted.");
    return false;
  }

  private void file(Exchange exchange, Reply reply, Matcher asked, @Nullable Mischief trick) {
    Received request = exchange.request();
    HubShelf.Repository found = known(request, reply, asked.group(1));
    if (found == null || !given(request, reply, found, asked.group(1))) {
      return;
    }
    HubShelf.Kept file = found.files.get(asked.group(3));
    if (file == null) {
      refuse(reply, 404, "EntryNotFound", "Entry not found");
      return;
    }
    send(exchange, reply, file, trick);
  }

  private void send(Exchange exchange, Reply reply, HubShelf.Kept file, @Nullable Mischief trick) {
    HubDouble other = cdn;
    if (other == null) {
      Prank.send(exchange, reply, file.content(), trick, mischief::has);
      return;
    }
    Headers headers =
        Headers.of(
            "Location", other.url() + "/cdn/" + file.digest() + "?X-Amz-Signature=abc",
            "X-Linked-Size", Long.toString(file.content().size()),
            "X-Linked-Etag", "\"" + file.digest().substring("sha256:".length()) + "\"");
    reply.whole(302, headers, new byte[0]);
  }

  /// Storage that is signed for takes no second kind of credential.
  private void stored(Exchange exchange, Reply reply, String digest, @Nullable Mischief trick) {
    HubShelf.Kept file = at("cdn/files").files.get(digest);
    if (exchange.request().headers().has("Authorization")) {
      refuse(reply, 400, "", "only one auth mechanism is allowed");
    } else if (file == null) {
      refuse(reply, 404, "", "no such key");
    } else {
      Prank.send(exchange, reply, file.content(), trick, mischief::has);
    }
  }

  private void pulled(Exchange exchange, Reply reply, Matcher v2, @Nullable Mischief trick) {
    Received request = exchange.request();
    HubShelf.Repository found = known(request, reply, v2.group(1));
    if (found == null || !given(request, reply, found, v2.group(1))) {
      return;
    }
    boolean manifest = v2.group(2).equals("manifests");
    if (!manifest && v2.group(3).equals(HubShelf.CONFIG.digest())) {
      Prank.send(exchange, reply, HubShelf.CONFIG, trick, mischief::has);
      return;
    }
    String wanted = v2.group(3).toLowerCase(Locale.ROOT);
    HubShelf.Kept file = manifest ? found.tagged(wanted) : found.with(wanted);
    if (file == null) {
      refuse(reply, 404, "EntryNotFound", "The specified tag is not available");
    } else if (manifest) {
      reply.whole(200, json(), Json.bytes(HubShelf.manifest(file)));
    } else {
      send(exchange, reply, file, trick);
    }
  }
}
