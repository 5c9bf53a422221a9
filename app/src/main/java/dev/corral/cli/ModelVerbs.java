package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.model.Bytes;
import dev.corral.model.ModelName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// The verbs that list models and do small things to one, by Ollama's own API.
final class ModelVerbs {
  /// Ollama's listings show this many digits of a digest.
  private static final int SHORT_DIGEST = 12;

  private ModelVerbs() {}

  @Command(name = "list", description = "The models that can be asked.")
  static final class Listing extends Verb {
    @Parameters(arity = "0..1", paramLabel = "PREFIX", description = "Only names that begin so.")
    String prefix = "";

    @Override
    void run() {
      List<JsonNode> models = wanted(server().get("/api/tags").path("models"));
      List<JsonNode> absent = wanted(Absent.models(server()));
      if (json()) {
        document(Absent.behind(models, absent));
        return;
      }
      List<List<String>> rows = new ArrayList<>();
      for (JsonNode model : models) {
        rows.add(
            List.of(
                model.path("name").asText(),
                shortDigest(model),
                size(model.path("size").asLong()),
                Words.instant(model.path("modified_at").asText())
                    .map(then -> Words.ago(then, Instant.now()))
                    .orElse("-")));
      }
      absent.forEach(model -> rows.add(Absent.row(model)));
      screen().table(List.of("NAME", "ID", "SIZE", "MODIFIED"), rows);
      if (rows.isEmpty() && prefix.isEmpty() && screen().errTerminal() && !root().quiet) {
        screen().note("No models yet. Fetch one with: corral pull llama3.2");
      }
    }

    private List<JsonNode> wanted(Iterable<JsonNode> models) {
      String begin = prefix.toLowerCase(Locale.ROOT);
      List<JsonNode> wanted = new ArrayList<>();
      for (JsonNode model : models) {
        if (model.path("name").asText().toLowerCase(Locale.ROOT).startsWith(begin)) {
          wanted.add(model);
        }
      }
      return wanted;
    }
  }

  @Command(name = "ps", description = "The models in memory.")
  static final class Loaded extends Verb {
    @Override
    void run() {
      JsonNode models = server().get("/api/ps").path("models");
      if (json()) {
        document(models);
        return;
      }
      List<List<String>> rows = new ArrayList<>();
      for (JsonNode model : models) {
        rows.add(
            List.of(
                model.path("name").asText(),
                shortDigest(model),
                size(model.path("size").asLong()),
                processor(model.path("size").asLong(), model.path("size_vram").asLong()),
                model.path("context_length").asText("-"),
                until(model.path("expires_at").asText())));
      }
      screen().table(List.of("NAME", "ID", "SIZE", "PROCESSOR", "CONTEXT", "UNTIL"), rows);
    }

    /// As Ollama says it: what share of the model lies where.
    static String processor(long size, long onGpu) {
      if (size <= 0) {
        return "Unknown";
      }
      if (onGpu <= 0) {
        return "100% CPU";
      }
      if (onGpu >= size) {
        return "100% GPU";
      }
      long cpu = Math.round((size - onGpu) * 100.0 / size);
      return cpu + "%/" + (100 - cpu) + "% CPU/GPU";
    }

    /// Ollama marks "for ever" by a time centuries away.
    private static String until(String text) {
      Instant now = Instant.now();
      return Words.instant(text)
          .map(then -> {
            if (then.isBefore(now)) {
              return "Stopping...";
            }
            boolean forEver = then.isAfter(now.plus(Duration.ofDays(36_500)));
            return forEver ? "Forever" : Words.ago(then, now);
          })
          .orElse("-");
    }
  }

  @Command(name = "stop", description = "Take a model out of memory.")
  static final class Stop extends Verb {
    @Parameters(paramLabel = "MODEL")
    String model = "";

    @Override
    void run() {
      List<String> before = loaded();
      String real = stopped(before);
      done(
          before.stream().map(Stop::key).anyMatch(key(real)::equals)
              ? "stopped '" + model + "'"
              : "'" + model + "' was not in memory");
    }

    private static String key(String name) {
      return ModelName.parse(name).map(ModelName::key).orElse(name);
    }

    /// @return the model that was meant, which an alias may have led to
    private String stopped(List<String> before) {
      try {
        return unload(server(), model).path("model").asText(model);
      } catch (Failure failure) {
        if (failure.exit() != Exit.MISSING) {
          throw failure;
        }
        throw new Failure(
            Exit.MISSING,
            "there is no model '" + model + "' that could be stopped",
            before.isEmpty()
                ? "No model is in memory. Which there are: corral list"
                : "In memory: " + String.join(", ", before));
      }
    }

    private List<String> loaded() {
      return Json.elements(server().get("/api/ps").path("models")).stream()
          .map(one -> one.path("name").asText())
          .toList();
    }

    /// A generate without a prompt and with no time to stay is Ollama's way to say so.
    static JsonNode unload(Server server, String model) {
      Map<String, Object> ask = Map.of("model", model, "keep_alive", 0, "stream", false);
      return server.post("/api/generate", ask);
    }
  }

  @Command(name = "cp", description = "Give a model a second name.")
  static final class Copy extends Verb {
    @Parameters(index = "0", paramLabel = "SOURCE")
    String source = "";

    @Parameters(index = "1", paramLabel = "DESTINATION")
    String destination = "";

    @Override
    void run() {
      Map<String, Object> ask = Map.of("source", source, "destination", destination);
      server().post("/api/copy", ask);
      done("copied '" + source + "' to '" + destination + "'");
    }
  }

  /// Asks about one model; where it is missing, says which command fetches it.
  static JsonNode found(String model, Supplier<JsonNode> asking) {
    try {
      return asking.get();
    } catch (Failure failure) {
      if (failure.exit() != Exit.MISSING || failure.text().contains("pull")) {
        throw failure;
      }
      String next = failure.next().isEmpty() ? "Pull it: corral pull " + model : failure.next();
      throw new Failure(Exit.MISSING, failure.text(), next);
    }
  }

  static String shortDigest(JsonNode model) {
    String digest = model.path("digest").asText("").replace("sha256:", "");
    return digest.isEmpty() ? "-" : digest.substring(0, Math.min(SHORT_DIGEST, digest.length()));
  }

  static String size(long bytes) {
    return bytes <= 0 ? "-" : new Bytes(bytes).human();
  }
}
