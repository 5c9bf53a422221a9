package dev.corral.testkit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.testkit.HubDouble.Access;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What a Hub keeps, and the JSON in which it tells of it.
final class HubShelf {
  static final Content CONFIG = Content.of("{\"model_format\":\"gguf\"}");

  /// @param digest `sha256:…`, as the listing says it
  record Kept(String path, Content content, String digest) {}

  /// One repository; changed while it is asked for.
  static final class Repository {
    final Map<String, Kept> files = new ConcurrentHashMap<>();
    volatile Access access = Access.OPEN;
    volatile boolean accepted;
    final ObjectNode info = Json.object();

    /// The model that a tag means; null where there is none.
    @Nullable Kept tagged(String tag) {
      List<Kept> models =
          files.values().stream()
              .filter(file -> file.path().endsWith(".gguf") && !file.path().contains("mmproj"))
              .sorted(Comparator.comparing(Kept::path))
              .toList();
      boolean any = tag.equals("latest");
      Kept named = first(models, any ? "q4_k_m" : tag);
      return named == null && any ? first(models, "") : named;
    }

    private static @Nullable Kept first(List<Kept> models, String part) {
      for (Kept model : models) {
        if (model.path().toLowerCase(Locale.ROOT).contains(part)) {
          return model;
        }
      }
      return null;
    }

    /// The file with that digest; null where there is none.
    @Nullable Kept with(String digest) {
      for (Kept file : files.values()) {
        if (file.digest().equals(digest)) {
          return file;
        }
      }
      return null;
    }
  }

  static ObjectNode about(String name, Repository found) {
    ObjectNode about = Json.object().put("id", name).put("modelId", name);
    about.put("private", found.access == Access.PRIVATE);
    if (found.access == Access.GATED) {
      about.put("gated", "auto");
    } else {
      about.put("gated", false);
    }
    about.put("sha", "1234567890abcdef1234567890abcdef12345678");
    synchronized (found.info) {
      about.setAll(found.info.deepCopy());
    }
    return about;
  }

  static ObjectNode entry(Kept file) {
    ObjectNode entry = Json.object().put("type", "file").put("path", file.path());
    entry.put("size", file.content().size()).put("oid", file.digest().substring(7, 47));
    entry
        .putObject("lfs")
        .put("oid", file.digest().substring("sha256:".length()))
        .put("size", file.content().size())
        .put("pointerSize", 135);
    return entry;
  }

  static Map<String, String> query(Received request) {
    Map<String, String> query = new HashMap<>();
    int mark = request.target().indexOf('?');
    if (mark >= 0) {
      for (String pair : request.target().substring(mark + 1).split("&", -1)) {
        String[] parts = pair.split("=", 2);
        String value = parts.length > 1 ? parts[1] : "";
        query.put(parts[0], URLDecoder.decode(value, StandardCharsets.UTF_8));
      }
    }
    return query;
  }

  static ObjectNode manifest(Kept file) {
    ObjectNode manifest = Json.object().put("schemaVersion", 2);
    manifest.put("mediaType", "application/vnd.docker.distribution.manifest.v2+json");
    manifest
        .putObject("config")
        .put("mediaType", "application/vnd.docker.container.image.v1+json")
        .put("digest", CONFIG.digest())
        .put("size", CONFIG.size());
    manifest
        .putArray("layers")
        .addObject()
        .put("mediaType", "application/vnd.ollama.image.model")
        .put("digest", file.digest())
        .put("size", file.content().size());
    return manifest;
  }

  private HubShelf() {}
}
