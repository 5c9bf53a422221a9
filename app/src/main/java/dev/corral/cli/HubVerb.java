package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.api.HubChoice;
import dev.corral.api.HubHit;
import dev.corral.api.HubRepository;
import dev.corral.api.PullPlan;
import dev.corral.model.Bytes;
import dev.corral.model.ModelName;
import dev.corral.model.PastedName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `corral hub`: what a repository of Hugging Face has, and search.
@Command(
    name = "hub",
    description = "The quantizations of a Hugging Face repository, or a search for one.")
final class HubVerb extends Verb {
  private static final String PATH = "/manage/hub";

  /// What `--pull` without a quantization means.
  private static final String RECOMMENDED = "recommended";

  private static final long BILLION = 1_000_000_000;

  @Parameters(
      arity = "0..1",
      paramLabel = "REPO_OR_URL",
      description = "OWNER/REPOSITORY, or its address as a browser shows it.")
  String repository = "";

  @Option(
      names = "--pull",
      arity = "0..1",
      fallbackValue = RECOMMENDED,
      paramLabel = "QUANT",
      description = "Fetch that quantization, or the recommended one.")
  String pull = "";

  @Option(
      names = "--search",
      arity = "1..*",
      paramLabel = "WORDS",
      description = "Look for repositories.")
  List<String> words = new ArrayList<>();

  @Option(names = "--force", description = "Fetch it even if it does not fit.")
  boolean force;

  @Override
  void run() {
    if (repository.isEmpty() && pull.contains("/")) {
      repository = pull; // corral hub --pull owner/repo
      pull = RECOMMENDED;
    }
    if (pull.equals(RECOMMENDED)) {
      pull = named(repository).orElse(pull);
    }
    if (repository.isEmpty() == words.isEmpty()) {
      throw new Failure(
          Exit.USAGE,
          "give a repository or words to look for",
          "Write: corral hub OWNER/REPOSITORY, or: corral hub --search WORDS");
    }
    if (repository.isEmpty()) {
      search();
    } else {
      show();
    }
  }

  /// The quantization that is part of what was typed: `owner/repo:Q8_0`, or a file's address.
  private static Optional<String> named(String repository) {
    return PastedName.read(repository) instanceof PastedName.Meant(ModelName name)
            && !name.tag().equalsIgnoreCase(ModelName.DEFAULT_TAG)
        ? Optional.of(name.tag())
        : Optional.empty();
  }

  private void search() {
    JsonNode answer = server().get(PATH + "?q=" + Server.encoded(String.join(" ", words)));
    if (json()) {
      document(answer);
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode node : answer) {
      HubHit hit = Json.as(node, HubHit.class);
      rows.add(
          List.of(
              hit.repo(),
              String.valueOf(hit.downloads()),
              String.valueOf(hit.likes()),
              hit.access(),
              hit.updated().split("T", 2)[0]));
    }
    screen().table(List.of("REPOSITORY", "DOWNLOADS", "LIKES", "ACCESS", "UPDATED"), rows);
    if (!root().quiet) {
      screen()
          .note(
              rows.isEmpty()
                  ? "Nothing with GGUF files has these words; try fewer of them."
                  : "What one of them has: corral hub " + rows.getFirst().getFirst());
    }
  }

  private void show() {
    JsonNode answer = server().get(PATH + "?repo=" + Server.encoded(repository));
    HubRepository found = Json.as(answer, HubRepository.class);
    if (pull.isEmpty()) {
      print(answer, found);
    } else {
      fetch(found);
    }
  }

  private void print(JsonNode answer, HubRepository found) {
    if (json()) {
      document(answer);
      return;
    }
    screen().print(screen().bold(found.repo()) + facts(found));
    List<List<String>> rows = new ArrayList<>();
    for (HubChoice choice : found.choices()) {
      rows.add(
          List.of(
              choice.quantization(),
              ModelVerbs.size(choice.sizeBytes()),
              memory(choice),
              verdict(choice),
              choice.recommended() ? screen().good(RECOMMENDED) : "",
              choice.problem().isEmpty() ? choice.words() : screen().bad(choice.problem())));
    }
    screen().table(List.of("QUANT", "SIZE", "MEMORY", "FIT", "CHOICE", "WORDS"), rows);
    if (!root().quiet) {
      found.notes().forEach(screen()::note);
      hint(found);
    }
  }

  private static String facts(HubRepository found) {
    List<String> facts = new ArrayList<>();
    facts.add(found.architecture());
    Long parameters = found.parameters();
    if (parameters != null) {
      facts.add(count(parameters) + " parameters");
    }
    Long context = found.contextLength();
    facts.add(context == null ? "" : "context " + context);
    facts.add(found.license().isEmpty() ? "licence not told" : "licence " + found.license());
    Boolean template = found.chatTemplate();
    facts.add("chat template " + (template == null ? "not known" : template ? "yes" : "no"));
    facts.add(found.access().equals("open") ? "" : found.access());
    facts.add(found.projector().isEmpty() ? "" : "with a projector (" + found.projector() + ")");
    return facts.stream()
        .filter(fact -> !fact.isEmpty())
        .collect(Collectors.joining(" · ", " · ", ""));
  }

  /// `8.0B`, `135M`, as models are named.
  private static String count(long parameters) {
    return parameters >= BILLION
        ? String.format(Locale.ROOT, "%.1fB", (double) parameters / BILLION)
        : parameters / 1_000_000 + "M";
  }

  private static String memory(HubChoice choice) {
    Long bytes = choice.memoryBytes();
    return bytes == null ? "-" : (choice.exact() ? "" : "~") + new Bytes(bytes).human();
  }

  private String verdict(HubChoice choice) {
    return switch (choice.verdict()) {
      case "" -> "-";
      case "perfect" -> screen().good(choice.verdict());
      case "wont", "refused" -> screen().bad(choice.verdict());
      default -> choice.verdict();
    };
  }

  private void hint(HubRepository found) {
    if (found.recommended().isEmpty()) {
      screen()
          .note("None of them fits well here; a smaller model would: corral hub --search WORDS");
    } else {
      screen().note("Fetch " + found.recommended() + ": corral hub " + found.repo() + " --pull");
    }
  }

  private void fetch(HubRepository found) {
    HubChoice choice = chosen(found);
    if (!choice.problem().isEmpty()) {
      throw new Failure(
          Exit.FAILED,
          choice.quantization() + " of " + found.repo() + ": " + choice.problem(),
          "Choose another one: corral hub " + found.repo());
    }
    Fetch fetch = new Fetch(this, List.of(choice.model()), "");
    List<PullPlan> plans = fetch.plans();
    new PullPlans(this, plans).refuse(force);
    fetch.all(plans);
  }

  private HubChoice chosen(HubRepository found) {
    boolean any = pull.equals(RECOMMENDED);
    List<HubChoice> choices = found.choices();
    return choices.stream()
        .filter(choice -> any ? choice.recommended() : means(choice))
        .findFirst()
        .orElseThrow(() ->
            any
                ? new Failure(
                    Exit.REFUSED,
                    "nothing in " + found.repo() + " fits well enough here to be recommended",
                    "Name one: corral hub " + found.repo() + " --pull QUANT")
                : new Failure(
                    Exit.MISSING,
                    found.repo() + " has no '" + pull + "'",
                    "It has: "
                        + choices.stream()
                            .map(HubChoice::quantization)
                            .collect(Collectors.joining(" "))));
  }

  private boolean means(HubChoice choice) {
    return folded(choice.quantization()).equals(folded(pull))
        || choice.files().stream().anyMatch(file -> file.equalsIgnoreCase(pull));
  }

  private static String folded(String text) {
    return text.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
  }
}
