package dev.corral.testkit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A double of a registry of Ollama's protocol, which is also that of a Hub's `hf.co/v2`:
/// manifests, blobs with ranges, the challenge for a token, blobs that lie on another host, and
/// mischief on command.
public final class RegistryDouble extends Node {
  private static final String DIR = "application/vnd.ollama.image.";
  private static final Pattern V2 =
      Pattern.compile("/v2/([^/]+)/([^/]+)/(manifests|blobs)/([^/]+)");
  private static final Pattern UPLOAD = Pattern.compile("/v2/([^/]+/[^/]+)/blobs/uploads/(.*)");

  private final Map<String, Content> blobs;
  private final Map<String, Body> uploads = new ConcurrentHashMap<>();
  private final AtomicInteger uploadNumber = new AtomicInteger();
  private final Map<String, Body> manifests = new ConcurrentHashMap<>();
  private final Strikes<Mischief> mischief = new Strikes<>();
  private final boolean tokens;
  private final String key;
  private final @Nullable RegistryDouble storage;
  private volatile String realm = "";
  private final AtomicInteger tokenNumber = new AtomicInteger(1);

  private RegistryDouble(Builder builder) {
    super(builder.port);
    tokens = builder.tokens;
    key = builder.key;
    storage = builder.storage;
    blobs = storage == null ? new ConcurrentHashMap<>() : storage.blobs;
    open();
  }

  public static RegistryDouble start() {
    return builder().start();
  }

  public static Builder builder() {
    return new Builder();
  }

  /// How a registry is to be.
  public static final class Builder {
    private int port;
    private boolean tokens;
    private String key = "";
    private @Nullable RegistryDouble storage;

    private Builder() {}

    public Builder port(int number) {
      port = number;
      return this;
    }

    /// Every request needs a token, which anybody gets who follows the challenge.
    public Builder tokens() {
      tokens = true;
      return this;
    }

    /// Every request needs this key as `Authorization: Bearer …`, as a gated repository does.
    public Builder key(String secret) {
      key = secret;
      return this;
    }

    /// Blobs lie at this other double; requests for them are redirected there.
    public Builder blobsAt(RegistryDouble other) {
      storage = other;
      return this;
    }

    public RegistryDouble start() {
      return new RegistryDouble(this);
    }
  }

  /// One layer of a manifest.
  ///
  /// @param type behind `application/vnd.ollama.image.`: `model`, `template`, `params`
  public record ImageLayer(String type, Content content) {}

  /// Keeps a model under `namespace/model:tag`, in place of what was there.
  ///
  /// @return the digest of its manifest
  public String publish(String name, Content config, ImageLayer... layers) {
    ObjectNode manifest = Json.object();
    manifest.put("schemaVersion", 2);
    manifest.put("mediaType", "application/vnd.docker.distribution.manifest.v2+json");
    manifest.set("config", entry("application/vnd.docker.container.image.v1+json", config));
    ArrayNode list = manifest.putArray("layers");
    for (ImageLayer layer : layers) {
      list.add(entry(DIR + layer.type(), layer.content()));
    }
    return publish(name, Body.of(Json.bytes(manifest)));
  }

  /// Keeps these bytes as a manifest, whatever they are.
  public String publish(String name, Body manifest) {
    manifests.put(name, manifest);
    return Content.of(manifest.bytes()).digest();
  }

  /// What is kept under that name.
  public Body manifest(String name) {
    Body found = manifests.get(name);
    if (found == null) {
      throw new IllegalArgumentException("There is no manifest " + name);
    }
    return found;
  }

  private ObjectNode entry(String type, Content content) {
    String digest = content.digest();
    blobs.put(digest, content);
    return Json.object().put("mediaType", type).put("digest", digest).put("size", content.size());
  }

  /// What the registry holds under that digest.
  public Content blob(String digest) {
    Content content = blobs.get(digest);
    if (content == null) {
      throw new IllegalArgumentException("There is no blob " + digest);
    }
    return content;
  }

  /// Plays it on the requests that `where` describes; the first rule that fits wins.
  public void play(Mischief trick, Where where) {
    mischief.add(trick, where);
  }

  /// The path of a blob of a model `namespace/model`, for [Where#path].
  public static String blobPath(String repository, String digest) {
    return "/v2/" + repository + "/blobs/" + digest;
  }

  public static String manifestPath(String repository, String tag) {
    return "/v2/" + repository + "/manifests/" + tag;
  }

  /// No mischief any more.
  public void behave() {
    mischief.clear();
    heal();
  }

  /// The tokens given so far are worth nothing now.
  public void revokeTokens() {
    tokenNumber.incrementAndGet();
  }

  /// The challenge names this place for tokens instead of our own.
  public void realm(String url) {
    realm = url;
  }

  @Override
  void answer(Exchange exchange, Reply reply) {
    String path = exchange.request().path();
    Matcher v2 = V2.matcher(path);
    Matcher upload = UPLOAD.matcher(path);
    if (path.equals("/token")) {
      reply.whole(200, json(), Json.bytes(Json.object().put("token", token())));
    } else if (path.startsWith("/storage/")) {
      stored(exchange, reply, path.substring("/storage/".length()));
    } else if (upload.matches()) {
      if (challenged(exchange, reply, upload.group(1))) {
        uploaded(exchange, reply, upload.group(1), upload.group(2));
      }
    } else if (!v2.matches()) {
      reply.whole(404, json(), Body.of("{\"errors\":[{\"code\":\"NOT_FOUND\"}]}").unsafe());
    } else if (challenged(exchange, reply, v2.group(1) + "/" + v2.group(2))) {
      String name = v2.group(1) + "/" + v2.group(2) + ":" + v2.group(4);
      if (exchange.request().method().equals("PUT")) {
        published(exchange, reply, name);
      } else if (v2.group(3).equals("manifests")) {
        manifest(exchange, reply, name);
      } else {
        blob(exchange, reply, v2.group(4));
      }
    }
  }

  /// An upload is begun, goes on, or ends.
  private void uploaded(Exchange exchange, Reply reply, String repository, String id) {
    Received request = exchange.request();
    if (Prank.struck(mischief.on(request), reply)) {
      return;
    }
    String place = "/v2/" + repository + "/blobs/uploads/";
    switch (request.method()) {
      case "POST" -> {
        String fresh = Integer.toString(uploadNumber.incrementAndGet());
        uploads.put(fresh, Body.EMPTY);
        reply.whole(202, Headers.of("Location", place + fresh), new byte[0]);
      }
      case "PATCH" -> {
        Body before = uploads.getOrDefault(id, Body.EMPTY);
        String range = request.headers().first("Content-Range").orElse("");
        boolean follows = range.startsWith(before.size() + "-");
        if (follows) {
          uploads.put(id, Body.join(List.of(before, request.body())));
        }
        reply.whole(follows ? 202 : 416, Headers.of("Location", place + id), new byte[0]);
      }
      default -> {
        Content content = Content.of(uploads.getOrDefault(id, Body.EMPTY).bytes());
        boolean right = request.target().endsWith("?digest=" + content.digest());
        if (right) {
          blobs.put(content.digest(), content);
        }
        reply.whole(right ? 201 : 400, json(), new byte[0]);
      }
    }
  }

  private void published(Exchange exchange, Reply reply, String name) {
    if (!Prank.struck(mischief.on(exchange.request()), reply)) {
      manifests.put(name, exchange.request().body());
      reply.whole(201, json(), new byte[0]);
    }
  }

  private String token() {
    return "token-" + tokenNumber.get();
  }

  private static Headers json() {
    return Headers.of("Content-Type", "application/json");
  }

  /// @return whether the caller may go on; else it has its answer
  private boolean challenged(Exchange exchange, Reply reply, String repository) {
    Optional<String> shown = exchange.request().headers().first("Authorization");
    String wanted = tokens ? "Bearer " + token() : "Bearer " + key;
    if ((!tokens && key.isEmpty()) || shown.filter(wanted::equals).isPresent()) {
      return true;
    }
    Headers headers = json();
    if (tokens) {
      String at = realm.isEmpty() ? url() + "/token" : realm;
      headers =
          headers.with(
              "WWW-Authenticate",
              "Bearer realm=\"%s\",service=\"double\",scope=\"repository:%s:pull\""
                  .formatted(at, repository));
    }
    reply.whole(401, headers, Body.of("{\"errors\":[{\"code\":\"UNAUTHORIZED\"}]}").unsafe());
    return false;
  }

  private void manifest(Exchange exchange, Reply reply, String name) {
    Mischief trick = mischief.on(exchange.request());
    Body found = manifests.get(name);
    if (Prank.struck(trick, reply)) {
      return;
    }
    if (found == null) {
      reply.whole(404, json(), Body.of("{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\"}]}").unsafe());
      return;
    }
    reply.whole(200, json(), found.unsafe());
  }

  private void blob(Exchange exchange, Reply reply, String digest) {
    Mischief trick = mischief.on(exchange.request());
    Content content = blobs.get(digest);
    if (Prank.struck(trick, reply)) {
      return;
    }
    if (content == null) {
      reply.whole(404, json(), Body.of("{\"errors\":[{\"code\":\"BLOB_UNKNOWN\"}]}").unsafe());
      return;
    }
    RegistryDouble other = storage;
    if (other != null) {
      String there = "http://127.0.0.1:" + other.port() + "/storage/" + digest + "?sig=abc";
      reply.whole(307, Headers.of("Location", there), new byte[0]);
      return;
    }
    Prank.send(exchange, reply, content, trick, mischief::has);
  }

  /// Storage that is signed for takes no second kind of credential.
  private void stored(Exchange exchange, Reply reply, String digest) {
    Mischief trick = mischief.on(exchange.request());
    Content content = blobs.get(digest);
    if (Prank.struck(trick, reply)) {
      return;
    }
    if (exchange.request().headers().has("Authorization")) {
      reply.whole(400, json(), Body.of("only one auth mechanism is allowed").unsafe());
    } else if (content == null) {
      reply.whole(404, json(), new byte[0]);
    } else {
      Prank.send(exchange, reply, content, trick, mischief::has);
    }
  }
}
