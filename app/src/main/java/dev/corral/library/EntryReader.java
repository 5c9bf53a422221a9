package dev.corral.library;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.library.CatalogEntry.Performance;
import dev.corral.library.CatalogEntry.Quant;
import dev.corral.model.ModelName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads one entry of the catalog and says all that is wrong with it.
final class EntryReader {
  private static final Pattern REPOSITORY =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}");

  private static final Pattern QUANT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,39}");

  private static final String HOLE = "{quant}";

  private static final int LONGEST_LINE = 500;
  private static final int LONGEST_ID = 200;
  private static final int LONGEST_DESCRIPTION = 5_000;
  private static final int MOST_WORDS = 100;

  /// Larger than any model, and small enough for its bytes to be counted.
  private static final double MOST_MB = 1e8;

  private static final double MOST_BILLIONS = 1e5;
  private static final double MOST_TOKENS = 1e9;

  private final JsonNode tree;
  private final List<String> faults;

  /// @param faults gets one sentence for each thing that is wrong
  EntryReader(JsonNode tree, List<String> faults) {
    this.tree = tree;
    this.faults = faults;
  }

  /// The entry; to be used only where there are no faults.
  CatalogEntry entry() {
    List<Quant> quants = quants();
    String repo = line("repo_id", LONGEST_LINE, false);
    String template = line("filename_template", LONGEST_LINE, false);
    String ollama = line("ollama_name", LONGEST_LINE, false);
    places(repo, template, ollama, quants);
    Double billions = number(tree, "parameters", MOST_BILLIONS);
    Double window = number(tree, "context_window", MOST_TOKENS);
    return new CatalogEntry(
        line("id", LONGEST_ID, true),
        line("name", LONGEST_LINE, true),
        line("description", LONGEST_DESCRIPTION, false),
        repo,
        template,
        ollama,
        category(),
        words("use_cases"),
        words("tags"),
        billions,
        window == null ? null : (Long) Math.round(window),
        line("license", LONGEST_LINE, false),
        quants,
        performance());
  }

  /// Where the model comes from: a name, never an address.
  private void places(String repo, String template, String ollama, List<Quant> quants) {
    if (repo.isEmpty() && ollama.isEmpty()) {
      faults.add("it says nowhere where the model is: 'repo_id' or 'ollama_name' is needed");
    }
    if (!repo.isEmpty() && !REPOSITORY.matcher(repo).matches()) {
      faults.add("'repo_id' must be OWNER/REPOSITORY, not '" + repo + "'");
    }
    boolean named = quants.stream().noneMatch(quant -> quant.filename().isEmpty());
    if (!repo.isEmpty() && !template.contains(HOLE) && !named) {
      faults.add("'filename_template' must contain " + HOLE + " (or each quantization a filename)");
    }
    file("filename_template", template);
    quants.forEach(quant -> file("filename", quant.filename()));
    if (!ollama.isEmpty() && ModelName.parse(ollama).isEmpty()) {
      faults.add("'ollama_name' is no name of a model: '" + ollama + "'");
    }
  }

  private void file(String member, String name) {
    if (name.contains("..") || name.startsWith("/") || name.contains("\\") || name.contains(":")) {
      faults.add("'" + member + "' must be the name of a file in the repository");
    }
  }

  private String category() {
    String category = line("category", LONGEST_LINE, true);
    if (!category.isEmpty() && !CatalogEntry.CATEGORIES.contains(category)) {
      faults.add(
          "'category' must be one of "
              + String.join(", ", CatalogEntry.CATEGORIES)
              + ", not '"
              + category
              + "'");
    }
    return category;
  }

  private List<Quant> quants() {
    JsonNode array = tree.path("quantizations");
    List<Quant> quants = new ArrayList<>();
    if (!array.isArray() || array.isEmpty()) {
      faults.add("'quantizations' must be an array with at least one {quant, size_mb}");
      return quants;
    }
    Set<String> seen = new HashSet<>();
    for (JsonNode one : array) {
      String quant = one.path("quant").asText("");
      Double size = number(one, "size_mb", MOST_MB);
      if (!one.isObject() || !QUANT.matcher(quant).matches()) {
        faults.add("a quantization has no 'quant' such as Q4_K_M");
      } else if (size == null) {
        faults.add("the quantization " + quant + " has no 'size_mb'");
      } else if (!seen.add(quant.toLowerCase(Locale.ROOT))) {
        faults.add("the quantization " + quant + " is there twice");
      } else {
        quants.add(
            new Quant(
                quant, size, number(one, "vram_mb", MOST_MB), one.path("filename").asText("")));
      }
    }
    return quants;
  }

  private Performance performance() {
    JsonNode ratings = tree.path("performance");
    if (ratings.isMissingNode() || ratings.isNull()) {
      return Performance.UNKNOWN;
    }
    if (!ratings.isObject()) {
      faults.add("'performance' must be an object");
    }
    return new Performance(
        rating(ratings, "conversation"),
        rating(ratings, "memory_extraction"),
        rating(ratings, "prompt_following"),
        rating(ratings, "creativity"));
  }

  private @Nullable Integer rating(JsonNode ratings, String member) {
    JsonNode rating = ratings.path(member);
    if (rating.isMissingNode() || rating.isNull()) {
      return null;
    }
    double value = rating.isNumber() ? rating.asDouble() : -1;
    if (value < 0 || value > 100) {
      faults.add("'performance." + member + "' must be 0 to 100, or null where nobody measured");
      return null;
    }
    return (int) Math.round(value);
  }

  /// A number above 0; null where there is none.
  private @Nullable Double number(JsonNode in, String member, double most) {
    JsonNode value = in.path(member);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    double number = value.isNumber() ? value.asDouble() : 0;
    if (number <= 0 || number > most) {
      faults.add("'" + member + "' must be a number above 0, not " + cut(value.toString()));
      return null;
    }
    return number;
  }

  private String line(String member, int longest, boolean needed) {
    JsonNode value = tree.path(member);
    boolean absent = value.isMissingNode() || value.isNull();
    if (!absent && !value.isTextual()) {
      faults.add("'" + member + "' must be a text, not " + cut(value.toString()));
      return "";
    }
    String text = absent ? "" : value.asText().strip();
    if (needed && text.isEmpty()) {
      faults.add("'" + member + "' is missing");
    }
    boolean control = text.chars().anyMatch(c -> (c < ' ' && c != '\n' && c != '\t') || c == 0x7f);
    if (text.length() > longest || control) {
      faults.add("'" + member + "' must be at most " + longest + " characters, all printable");
      return "";
    }
    return text;
  }

  private List<String> words(String member) {
    JsonNode array = tree.path(member);
    List<String> words = new ArrayList<>();
    if (array.isMissingNode() || array.isNull()) {
      return words;
    }
    boolean right = array.isArray() && array.size() <= MOST_WORDS;
    for (JsonNode word : array) {
      right &= word.isTextual() && word.asText().length() <= LONGEST_ID;
      words.add(word.asText(""));
    }
    if (!right) {
      faults.add("'" + member + "' must be an array of short texts");
      return List.of();
    }
    return words;
  }

  private static String cut(String text) {
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }
}
