package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.model.Bytes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
      JsonNode models = server().get("/api/tags").path("models");
      if (json()) {
        document(models);
        return;
      }
      List<List<String>> rows = new ArrayList<>();
      for (JsonNode model : models) {
        String name = model.path("name").asText();
        if (!name.toLowerCase(Locale.ROOT).startsWith(prefix.toLowerCase(Locale.ROOT))) {
          continue;
        }
        rows.add(
            List.of(
                name,
                shortDigest(model),
                size(model.path("size").asLong()),
                Words.instant(model.path("modified_at").asText())
                    .map(then -> Words.ago(then, Instant.now()))
                    .orElse("-")));
      }
      screen().table(List.of("NAME", "ID", "SIZE", "MODIFIED"), rows);
      if (models.isEmpty() && screen().errTerminal() && !root().quiet) {
        screen().note("No models yet. Fetch one with: corral pull llama3.2");
      }
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
            boolean forEver = then.isAfter(now.plus(java.time.Duration.ofDays(36_500)));
            return forEver ? "Forever" : Words.ago(then, now);
          })
          .orElse("-");
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
