package dev.corral.hub;

import dev.corral.model.ModelName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The files of a repository, sorted into what may be chosen, what goes with it, and what is left
/// out.
///
/// @param choices smallest first
/// @param projector goes with every choice, for models that see or hear; empty for most
/// @param leftOut paths of GGUF files that are no models, with the reason
public record Sorted(
    List<Choice> choices, Optional<HubFile> projector, Map<String, String> leftOut) {
  private static final String GGUF = ".gguf";

  private static final Pattern PART =
      Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf", Pattern.CASE_INSENSITIVE);

  /// Letters and digits of any script, and what names of models are joined with. Everything else
  /// could be a script, an escape or a way out of a folder.
  private static final Pattern PATH =
      Pattern.compile("(?!.*(^|/)\\.{1,2}(/|$))[\\p{L}\\p{N} ._+=,()\\[\\]@~/-]{1,400}");

  /// No set has more parts; keeps a name from declaring billions.
  private static final int MOST_PARTS = 999;

  private static final Set<String> DRAFTS =
      Set.of("mtp", "draft", "eagle", "eagle2", "eagle3", "dflash", "dspark");
  private static final Set<String> ADAPTERS = Set.of("lora", "adapter");

  /// Precise enough, and half of the next one.
  private static final List<String> PROJECTORS = List.of("F16", "BF16", "Q8_0", "F32");

  public Sorted {
    choices = List.copyOf(choices);
  }

  static Sorted of(RepositoryName repository, String host, List<HubFile> files) {
    Set<String> own = words(repository.name());
    Map<String, String> leftOut = new TreeMap<>();
    Map<String, List<HubFile>> groups = new LinkedHashMap<>();
    List<HubFile> projectors = new ArrayList<>();
    for (HubFile file : files) {
      if (!file.name().toLowerCase(Locale.ROOT).endsWith(GGUF)) {
        continue;
      }
      String why = whyNot(file, own);
      if (words(file.name()).contains("mmproj") && PATH.matcher(file.path()).matches()) {
        projectors.add(file);
      } else if (why != null) {
        leftOut.put(Words.plain(file.path(), 200), why);
      } else {
        groups.computeIfAbsent(group(file), _ -> new ArrayList<>()).add(file);
      }
    }
    List<Choice> choices =
        groups.values().stream()
            .map(Sorted::choice)
            .sorted(Comparator.comparingLong(Choice::size))
            .toList();
    return new Sorted(named(choices, repository, host), best(projectors), leftOut);
  }

  /// Why a file is no model; null where it is one.
  ///
  /// @param own words of the repository's name: a model may be called what a helper file is
  private static @Nullable String whyNot(HubFile file, Set<String> own) {
    if (!PATH.matcher(file.path()).matches()) {
      return "its name has characters that no file of a model needs";
    }
    Set<String> words = words(file.path());
    words.removeAll(own);
    boolean labelled = Label.in(file.name()).isPresent();
    Set<String> all = words(file.name());
    if (words.contains("imatrix") || (all.contains("imatrix") && !labelled)) {
      return "measurements for quantizing, no model";
    }
    if (words.stream().anyMatch(DRAFTS::contains)) {
      return "a draft for faster answers, no model by itself";
    }
    if (words.stream().anyMatch(ADAPTERS::contains)) {
      return "an adapter, no model by itself";
    }
    return all.contains("vocab") && !labelled ? "a vocabulary alone, no model" : null;
  }

  private static Set<String> words(String text) {
    return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+", -1))
        .collect(Collectors.toCollection(HashSet::new));
  }

  /// Parts of a set share folder, begin and number of parts.
  private static String group(HubFile file) {
    Matcher part = PART.matcher(file.path());
    return part.matches() ? part.group(1) + "/of/" + part.group(3) : file.path();
  }

  private static Choice choice(List<HubFile> files) {
    HubFile first = files.getFirst();
    Optional<Label> label = Label.in(first.path());
    Matcher matcher = PART.matcher(first.path());
    if (!matcher.matches()) {
      return new Choice(label, files, List.of(), 1, Optional.empty());
    }
    int parts = Math.min(MOST_PARTS, Integer.parseInt(matcher.group(3)));
    Map<Integer, HubFile> byNumber = new TreeMap<>();
    for (HubFile file : files) {
      Matcher part = PART.matcher(file.path());
      if (part.matches()) {
        byNumber.put(Integer.parseInt(part.group(2)), file);
      }
    }
    List<Integer> missing =
        IntStream.rangeClosed(1, parts).filter(i -> !byNumber.containsKey(i)).boxed().toList();
    return new Choice(label, List.copyOf(byNumber.values()), missing, parts, Optional.empty());
  }

  /// A quantization that only one choice has is its name; else a single file is, at the top.
  private static List<Choice> named(List<Choice> choices, RepositoryName repository, String host) {
    return choices.stream()
        .map(choice -> {
          Predicate<Choice> same = other -> other.title().equalsIgnoreCase(choice.title());
          boolean byLabel =
              choice.label().isPresent() && choices.stream().filter(same).count() == 1;
          HubFile first = choice.files().getFirst();
          boolean byFile = choice.parts() == 1 && first.folder().isEmpty();
          String tag = byLabel ? choice.title() : first.name();
          boolean reachable = choice.whole() && (byLabel || byFile);
          return reachable
              ? ModelName.parse(host + "/" + repository + ":" + tag)
                  .map(choice::named)
                  .orElse(choice)
              : choice;
        })
        .toList();
  }

  private static Optional<HubFile> best(List<HubFile> projectors) {
    return projectors.stream()
        .min(
            Comparator.comparing((HubFile file) -> !file.folder().isEmpty())
                .thenComparingInt(Sorted::place)
                .thenComparing(HubFile::path));
  }

  private static int place(HubFile projector) {
    int place =
        Label.in(projector.name()).map(label -> PROJECTORS.indexOf(label.name())).orElse(-1);
    return place < 0 ? PROJECTORS.size() : place;
  }

  /// The choice that a tag of a model's name means: a quantization or a file's name, in any case.
  /// Without a tag it is Q4_K_M, or what comes nearest to it.
  ///
  /// @param tag empty for none
  public Optional<Choice> meantBy(String tag) {
    if (tag.isEmpty() || tag.equalsIgnoreCase(ModelName.DEFAULT_TAG)) {
      return Recommendation.withoutHardware(choices);
    }
    Predicate<Choice> byLabel =
        choice -> choice.label().filter(label -> label.meantBy(tag)).isPresent();
    Predicate<Choice> byFile =
        choice -> choice.files().stream().anyMatch(file -> file.name().equalsIgnoreCase(tag));
    return choices.stream()
        .filter(byLabel)
        .findFirst()
        .or(() -> choices.stream().filter(byFile).findFirst());
  }
}
