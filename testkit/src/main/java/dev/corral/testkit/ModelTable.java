package dev.corral.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a node has on disk and in memory. Names are compared as Ollama does: without case, with the
/// tag `latest` where none is given.
final class ModelTable {
  static final String DEFAULT_HOST = "registry.ollama.ai";

  /// Ollama keeps an idle model this long unless told otherwise.
  static final Duration KEEP_ALIVE = Duration.ofMinutes(5);

  /// What `keep_alive: -1` means: the year 2319 (ollama-live.md 42).
  static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

  private static final Pattern NAME =
      Pattern.compile(
          "(([A-Za-z0-9_][A-Za-z0-9_.:-]{0,349})/)?"
              + "(([A-Za-z0-9_][A-Za-z0-9_-]{0,79})/)?"
              + "[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,79})?");

  /// One name on disk.
  ///
  /// @param listed the digest that listings tell
  record Entry(
      String name, TestModel model, OffsetDateTime modified, String parent, String listed) {}

  private record Loaded(Entry entry, int context, Duration keepAlive, Instant expires) {}

  private final boolean opaque;
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();
  private final Map<String, Loaded> loaded = new ConcurrentHashMap<>();

  /// Names by Ollama's rules.
  ModelTable() {
    this(false);
  }

  /// @param opaque names are any text, compared as they are: what servers other than Ollama do
  ModelTable(boolean opaque) {
    this.opaque = opaque;
  }

  boolean accepts(String name) {
    return opaque || validName(name);
  }

  static boolean validName(String name) {
    return NAME.matcher(name).matches();
  }

  /// The name for display: the tag always shown, default host and namespace hidden.
  static String shortName(String name) {
    String rest = name.replaceFirst("^" + Pattern.quote(DEFAULT_HOST) + "/", "");
    rest = rest.replaceFirst("^library/", "");
    return rest.indexOf(':', rest.lastIndexOf('/') + 1) < 0 ? rest + ":latest" : rest;
  }

  /// The name in full, as Ollama tells it in some error texts.
  static String fullName(String name) {
    String shown = shortName(name);
    long slashes = shown.chars().filter(c -> c == '/').count();
    if (slashes == 0) {
      return DEFAULT_HOST + "/library/" + shown;
    }
    return slashes == 1 ? DEFAULT_HOST + "/" + shown : shown;
  }

  private String key(String name) {
    return opaque ? name : shortName(name).toLowerCase(Locale.ROOT);
  }

  void put(String name, TestModel model, String parent) {
    put(name, model, parent, model.digest());
  }

  void put(String name, TestModel model, String parent, String listed) {
    Entry before = entries.get(key(name));
    String fresh = opaque ? name : shortName(name);
    String shown = before == null ? fresh : before.name();
    entries.put(
        key(name),
        new Entry(shown, model, OffsetDateTime.now(ZoneId.systemDefault()), parent, listed));
  }

  /// The first one counts as the newest, and is listed first.
  void putAll(List<TestModel> models) {
    models.reversed().forEach(model -> put(model.name(), model, ""));
  }

  Optional<Entry> find(String name) {
    return Optional.ofNullable(entries.get(key(name)));
  }

  boolean remove(String name) {
    return entries.remove(key(name)) != null;
  }

  boolean hasBlob(String digest) {
    return entries.values().stream().anyMatch(entry -> entry.model().digest().equals(digest));
  }

  List<Entry> list() {
    List<Entry> all = new ArrayList<>(entries.values());
    all.sort(Comparator.comparing(Entry::modified).reversed().thenComparing(Entry::name));
    return all;
  }

  /// Loads, or uses what is loaded. A keep-alive that is given sticks (ollama-live.md 42).
  ///
  /// @return whether it had to be loaded
  boolean touch(Entry entry, int context, @Nullable Duration keepAlive) {
    Loaded before = live(entry.model().digest());
    Duration keep =
        keepAlive != null ? keepAlive : before != null ? before.keepAlive() : KEEP_ALIVE;
    Instant expires = keep.equals(FOREVER) ? Instant.MAX : Instant.now().plus(keep);
    loaded.put(entry.model().digest(), new Loaded(entry, context, keep, expires));
    return before == null || before.context() != context;
  }

  void unload(Entry entry) {
    loaded.remove(entry.model().digest());
  }

  boolean isLoaded(Entry entry) {
    return live(entry.model().digest()) != null;
  }

  private @Nullable Loaded live(String digest) {
    Loaded found = loaded.get(digest);
    if (found != null && found.expires().isBefore(Instant.now())) {
      loaded.remove(digest, found);
      return null;
    }
    return found;
  }

  /// `GET /api/tags`.
  JsonNode tags() {
    ObjectNode answer = Json.object();
    var models = answer.putArray("models");
    for (Entry entry : list()) {
      TestModel model = entry.model();
      ObjectNode row =
          models
              .addObject()
              .put("name", entry.name())
              .put("model", entry.name())
              .put("modified_at", time(entry.modified()))
              .put("size", model.size())
              .put("digest", entry.listed());
      row.set("details", details(entry, true));
      model.kind().capabilities().forEach(row.putArray("capabilities")::add);
    }
    return answer;
  }

  /// `GET /api/ps`: the longest remaining lifetime first.
  JsonNode ps() {
    ObjectNode answer = Json.object();
    var models = answer.putArray("models");
    loaded.values().stream()
        .filter(row -> live(row.entry().model().digest()) != null)
        .sorted(Comparator.comparing(Loaded::expires).reversed())
        .forEach(row -> {
          TestModel model = row.entry().model();
          ObjectNode shown =
              models
                  .addObject()
                  .put("name", row.entry().name())
                  .put("model", row.entry().name())
                  .put("size", model.size())
                  .put("digest", model.digest());
          shown.set("details", details(row.entry(), false));
          shown
              .put("expires_at", expiry(row))
              .put("size_vram", 0)
              .put("context_length", row.context());
        });
    return answer;
  }

  /// `GET /v1/models`; with Ollama `data` is null on an empty store.
  JsonNode openAiList() {
    ObjectNode answer = Json.object().put("object", "list");
    List<Entry> all = list();
    if (all.isEmpty() && !opaque) {
      return answer.putNull("data");
    }
    var data = answer.putArray("data");
    all.forEach(entry -> data.add(openAi(entry.name(), entry)));
    return answer;
  }

  static ObjectNode openAi(String name, Entry entry) {
    String[] parts = shortName(name).split("/", -1);
    String owner = parts.length > 1 ? parts[parts.length - 2] : "library";
    return Json.object()
        .put("id", name)
        .put("object", "model")
        .put("created", entry.modified().toEpochSecond())
        .put("owned_by", owner);
  }

  static ObjectNode details(Entry entry, boolean lengths) {
    TestModel model = entry.model();
    ObjectNode details =
        Json.object()
            .put("parent_model", entry.parent())
            .put("format", "gguf")
            .put("family", model.family());
    details.putArray("families").add(model.family());
    details.put("parameter_size", "277K").put("quantization_level", model.quantization());
    if (lengths) {
      details.put("context_length", model.contextLength());
      details.put("embedding_length", Embedding.WIDTH);
    }
    return details;
  }

  static String time(OffsetDateTime time) {
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time);
  }

  private static String expiry(Loaded row) {
    return row.keepAlive().equals(FOREVER)
        ? time(OffsetDateTime.now(ZoneId.systemDefault()).plus(FOREVER))
        : time(row.expires().atZone(ZoneId.systemDefault()).toOffsetDateTime());
  }
}
