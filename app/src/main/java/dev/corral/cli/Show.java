package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `corral show`: what a model is, in Ollama's sections.
@Command(name = "show", description = "Tell what a model is.")
final class Show extends Verb {
  /// Lines of a license or system prompt in the overview; the options print the whole.
  private static final int EXCERPT_LINES = 2;

  /// Elements of a list in the metadata.
  private static final int FEW = 3;

  @Parameters(paramLabel = "MODEL")
  String model = "";

  @Option(names = "--modelfile", description = "Only its Modelfile.")
  boolean modelfile;

  @Option(names = "--parameters", description = "Only its parameters.")
  boolean parameters;

  @Option(names = "--template", description = "Only its template.")
  boolean template;

  @Option(names = "--system", description = "Only its system prompt.")
  boolean system;

  @Option(names = "--license", description = "Only its license.")
  boolean license;

  @Option(
      names = {"-v", "--verbose"},
      description = "All that its file says of it, and its tensors.")
  boolean verbose;

  @Override
  void run() {
    Map<String, Boolean> parts =
        Map.of(
            "modelfile", modelfile,
            "parameters", parameters,
            "template", template,
            "system", system,
            "license", license);
    List<String> wanted = parts.keySet().stream().filter(parts::get).toList();
    if (wanted.size() > 1) {
      throw new Failure(
          Exit.USAGE,
          "only one of --modelfile, --parameters, --template, --system, --license at a time",
          "See: corral show --help");
    }
    JsonNode told = ModelVerbs.found(model, () -> server().post("/api/show", asked()));
    if (json()) {
      document(told);
    } else if (wanted.isEmpty()) {
      overview(told, verbose).forEach(screen()::print);
    } else {
      screen().print(told.path(wanted.getFirst()).asText());
    }
  }

  private Map<String, Object> asked() {
    return verbose ? Map.of("model", model, "verbose", true) : named(model);
  }

  static Map<String, Object> named(String model) {
    return Map.of("model", model);
  }

  /// The overview, line by line.
  ///
  /// @param verbose with all metadata and tensors
  static List<String> overview(JsonNode told, boolean verbose) {
    List<String> lines = new ArrayList<>();
    section(lines, "Model", facts(told));
    List<List<String>> capabilities = new ArrayList<>();
    told.path("capabilities").forEach(one -> capabilities.add(List.of(one.asText())));
    section(lines, "Capabilities", capabilities);
    section(lines, "Projector", projector(told.path("projector_info")));
    section(lines, "Parameters", pairs(told.path("parameters").asText()));
    if (verbose) {
      section(lines, "Metadata", metadata(told.path("model_info")));
      section(lines, "Tensors", tensors(told.path("tensors")));
    }
    section(lines, "System", excerpt(told.path("system").asText()));
    section(lines, "License", excerpt(told.path("license").asText()));
    return lines;
  }

  private static List<List<String>> facts(JsonNode told) {
    JsonNode info = told.path("model_info");
    JsonNode details = told.path("details");
    String family = details.path("family").asText("");
    String architecture = info.path("general.architecture").asText(family);
    long count = info.path("general.parameter_count").asLong(0);
    String size = details.path("parameter_size").asText("");
    List<List<String>> rows = new ArrayList<>();
    fact(rows, "architecture", architecture);
    fact(rows, "parameters", size.isEmpty() && count > 0 ? human(count) : size);
    fact(rows, "context length", info.path(architecture + ".context_length").asText(""));
    fact(rows, "embedding length", info.path(architecture + ".embedding_length").asText(""));
    fact(rows, "quantization", details.path("quantization_level").asText(""));
    fact(rows, "requires", told.path("requires").asText(""));
    return rows;
  }

  /// The part that turns pictures or sounds into what the model reads.
  private static List<List<String>> projector(JsonNode info) {
    String architecture = info.path("general.architecture").asText("");
    long count = info.path("general.parameter_count").asLong(0);
    List<List<String>> rows = new ArrayList<>();
    fact(rows, "architecture", architecture);
    fact(rows, "parameters", count > 0 ? human(count) : "");
    boolean sees = info.has(architecture + ".vision.embedding_length");
    String of = architecture + (sees ? ".vision." : ".audio.");
    fact(rows, "embedding length", info.path(of + "embedding_length").asText(""));
    fact(rows, "dimensions", info.path(of + "projection_dim").asText(""));
    return rows;
  }

  private static List<List<String>> metadata(JsonNode info) {
    List<List<String>> rows = new ArrayList<>();
    TreeMap<String, JsonNode> sorted = new TreeMap<>();
    info.properties().forEach(one -> sorted.put(one.getKey(), one.getValue()));
    sorted.forEach(
        (key, value) -> rows.add(List.of(key, value.isArray() ? few(value) : value.asText())));
    return rows;
  }

  /// A vocabulary has a hundred thousand.
  private static String few(JsonNode array) {
    List<String> first = new ArrayList<>();
    Json.elements(array).stream().limit(FEW).forEach(one -> first.add(one.asText()));
    if (array.size() > FEW) {
      first.add("...+" + (array.size() - FEW) + " more");
    }
    return first.toString();
  }

  private static List<List<String>> tensors(JsonNode tensors) {
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode tensor : tensors) {
      String shape = tensor.path("shape").toString().replace(',', ' ');
      rows.add(List.of(tensor.path("name").asText(), tensor.path("type").asText() + " " + shape));
    }
    return rows;
  }

  private static void fact(List<List<String>> rows, String name, String value) {
    if (!value.isEmpty()) {
      rows.add(List.of(name, value));
    }
  }

  /// A count of weights as `1.2B`.
  private static String human(long count) {
    if (count >= 1_000_000_000) {
      return String.format(Locale.ROOT, "%.1fB", count / 1e9);
    }
    return count >= 1_000_000
        ? String.format(Locale.ROOT, "%.2fM", count / 1e6)
        : String.valueOf(count);
  }

  /// Lines of `name value`, as the API tells parameters.
  private static List<List<String>> pairs(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .map(line -> List.of(line.split("\\s+", 2)))
        .toList();
  }

  private static List<List<String>> excerpt(String text) {
    List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
    List<List<String>> rows = new ArrayList<>();
    lines.stream().limit(EXCERPT_LINES).forEach(line -> rows.add(List.of(line.strip())));
    if (lines.size() > EXCERPT_LINES) {
      rows.add(List.of("..."));
    }
    return rows;
  }

  private static void section(List<String> lines, String title, List<List<String>> rows) {
    if (rows.isEmpty()) {
      return;
    }
    int width = rows.stream().mapToInt(row -> row.getFirst().length()).max().orElse(0);
    lines.add("  " + title);
    for (List<String> row : rows) {
      String pad = row.size() > 1 ? " ".repeat(width - row.getFirst().length() + 4) : "";
      lines.add("    " + row.getFirst() + pad + (row.size() > 1 ? row.get(1) : ""));
    }
    lines.add("");
  }
}
