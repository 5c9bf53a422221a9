package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.corral.library.Catalog;
import dev.corral.library.CatalogFile;
import dev.corral.library.CatalogReader;
import dev.corral.model.Bytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The verbs about the curated library.
final class CatalogVerbs {
  private static final double MEGA = 1e6;

  private CatalogVerbs() {}

  @Command(name = "catalog", description = "Models to choose from, and whether they fit.")
  static final class Choose extends Verb {
    @Parameters(arity = "0..1", paramLabel = "WORD", description = "In name, tags or description.")
    String word = "";

    @Option(names = "--fits", description = "Only those that fit.")
    boolean fits;

    @Option(
        names = "--vram",
        paramLabel = "SIZE",
        description = "Judge for a card of that memory, such as 24GiB.")
    String vram = "";

    @Option(
        names = "--category",
        paramLabel = "C",
        description = "balanced, creative, technical or advanced.")
    String category = "";

    @Option(names = "--tag", paramLabel = "T", description = "Such as embedding, code or tools.")
    String tag = "";

    @Override
    void run() {
      JsonNode entries = server().get("/manage/catalog" + query());
      problems();
      if (json()) {
        document(entries);
        return;
      }
      List<List<String>> rows = new ArrayList<>();
      entries.forEach(entry -> rows.add(row(entry)));
      screen()
          .table(
              List.of("MODEL", "PARAMS", "QUANT", "SIZE", "FIT", "CONTEXT", "LICENSE", "HERE"),
              rows);
      if (entries.isEmpty() && !root().quiet) {
        screen().note("Nothing in the catalog is like that. All of it: corral catalog");
      }
    }

    private String query() {
      Map<String, String> asked = new LinkedHashMap<>();
      asked.put("word", word);
      asked.put("vram", vram);
      asked.put("category", category);
      asked.put("tag", tag);
      asked.put("fits", fits ? "true" : "");
      StringBuilder query = new StringBuilder();
      asked.forEach((name, value) -> {
        if (!value.isEmpty()) {
          query.append(query.isEmpty() ? '?' : '&').append(name).append('=');
          query.append(Server.encoded(value));
        }
      });
      return query.toString();
    }

    /// What is wrong in files of the home is said beside every listing, until it is mended.
    private void problems() {
      if (root().quiet) {
        return;
      }
      for (JsonNode bad : server().get("/manage/catalog?problems=true")) {
        screen()
            .note(
                "Not taken: "
                    + bad.path("origin").asText()
                    + ", "
                    + bad.path("where").asText()
                    + ": "
                    + bad.path("reason").asText());
      }
    }

    private List<String> row(JsonNode entry) {
      JsonNode quant = chosen(entry);
      String license = entry.path("license").asText("");
      return List.of(
          entry.path("model").asText(),
          billions(entry.path("parameters")),
          quant.path("quant").asText("-"),
          quant.has("size_mb")
              ? new Bytes(Math.round(quant.path("size_mb").asDouble() * MEGA)).human()
              : "-",
          verdict(entry.path("fit").path("verdict").asText("")),
          entry.path("context_window").asText("-"),
          license.isEmpty() ? "-" : license,
          entry.path("here").isEmpty() ? "" : "here");
    }

    /// The quantization that a pull of this line fetches; nothing where another source decides.
    private static JsonNode chosen(JsonNode entry) {
      String quant = entry.path("recommended").asText();
      String model = entry.path("model").asText();
      for (JsonNode one : entry.path("quantizations")) {
        if (one.path("quant").asText().equals(quant)
            && one.path("model").asText(model).equals(model)) {
          return one;
        }
      }
      return MissingNode.getInstance();
    }

    private static String billions(JsonNode parameters) {
      if (!parameters.isNumber()) {
        return "-";
      }
      double count = parameters.asDouble();
      return count < 1
          ? Math.round(count * 1000) + "M"
          : (Math.round(count * 10) / 10.0 + "B").replace(".0B", "B");
    }

    private String verdict(String verdict) {
      return switch (verdict) {
        case "" -> "-";
        case "perfect" -> screen().good(verdict);
        case "wont", "refused" -> screen().bad(verdict);
        default -> verdict;
      };
    }
  }

  @Command(
      name = "catalog-check",
      description = "Validate a catalog file of one's own; works without a server.")
  static final class Check extends Verb {
    @Parameters(arity = "0..1", paramLabel = "FILE")
    String file = "";

    @Option(names = "--schema", description = "Print the form as JSON Schema.")
    boolean schema;

    @Override
    void run() {
      if (schema) {
        screen().out().print(new String(Catalog.schema(), StandardCharsets.UTF_8));
        screen().out().flush();
        return;
      }
      if (file.isEmpty()) {
        throw new Failure(
            Exit.USAGE, "which file?", "Write it behind the verb: corral catalog-check FILE");
      }
      Path path = Path.of(file);
      if (!Files.isRegularFile(path)) {
        throw new Failure(Exit.MISSING, "there is no file '" + file + "'", "Check its path.");
      }
      told(CatalogReader.read(path, String.valueOf(path.getFileName())));
    }

    private void told(CatalogFile read) {
      if (json()) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("file", file);
        document.put("good", read.entries().size());
        document.put("bad", read.bad());
        document(document);
      } else {
        read.bad().forEach(bad -> screen().print(file + ", " + bad.where() + ": " + bad.reason()));
      }
      if (!read.bad().isEmpty()) {
        throw new Failure(
            Exit.FAILED,
            read.bad().size() + " of its entries or parts are wrong, " + good(read) + " good",
            "The form: corral catalog-check --schema");
      }
      done(file + ": " + good(read) + " good");
    }

    private static String good(CatalogFile read) {
      int count = read.entries().size();
      return count + (count == 1 ? " entry is" : " entries are");
    }
  }
}
