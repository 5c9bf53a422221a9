package dev.corral.control;

import dev.corral.api.CatalogView;
import dev.corral.api.ModelView.FitView;
import dev.corral.fleet.Backend;
import dev.corral.hub.Label;
import dev.corral.library.Catalog;
import dev.corral.library.CatalogEntry;
import dev.corral.model.Bytes;
import dev.corral.model.ModelName;
import dev.corral.ollama.StoredModel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// `/manage/catalog`: what can be chosen, and whether it fits.
final class CatalogCalls {
  /// What is taken where nothing is known: of the hardware, or of the source. Most models of
  /// Ollama's registry are of this kind.
  private static final String STANDARD = "Q4_K_M";

  private final LibraryParts parts;

  CatalogCalls(LibraryParts parts) {
    this.parts = parts;
  }

  Answer answer(Question question) {
    if (question.parameter("schema").isPresent()) {
      String schema = new String(Catalog.schema(), StandardCharsets.UTF_8);
      return new Answer.Text(200, "application/schema+json", schema);
    }
    Catalog.Now now = parts.catalog().now();
    if (question.parameter("problems").isPresent()) {
      return Answer.of(
          now.bad().stream()
              .map(bad -> new CatalogView.Problem(bad.origin(), bad.where(), bad.reason()))
              .toList());
    }
    Wanted wanted = Wanted.of(question);
    List<ModelName> held = held();
    return Answer.of(
        now.entries().stream()
            .filter(listed -> wanted.admits(listed.entry()))
            .map(listed -> view(listed, wanted.vram(), held))
            .filter(view -> !wanted.fits() || fits(view))
            .toList());
  }

  /// @param vram bytes of the card in question; 0 for this machine
  private record Wanted(String word, boolean fits, long vram, String category, String tag) {
    static Wanted of(Question question) {
      String category = question.parameter("category").orElse("").toLowerCase(Locale.ROOT);
      if (!category.isEmpty() && !CatalogEntry.CATEGORIES.contains(category)) {
        throw new BadRequest(
            "There is no category '" + category + "'",
            "There are: " + String.join(", ", CatalogEntry.CATEGORIES) + ".");
      }
      String fits = question.parameter("fits").orElse("false");
      return new Wanted(
          question.parameter("word").orElse("").strip(),
          fits.isEmpty() || fits.equals("true") || fits.equals("1"),
          question.parameter("vram").map(Wanted::bytes).orElse(0L),
          category,
          question.parameter("tag").orElse(""));
    }

    private static long bytes(String text) {
      try {
        long count = Bytes.parse(text).count();
        if (count > 0) {
          return count;
        }
      } catch (IllegalArgumentException e) {
        // Told below, with what a size looks like.
      }
      throw new BadRequest("'" + text + "' is no size of a GPU's memory", "Write it as 24GiB.");
    }

    boolean admits(CatalogEntry entry) {
      return (category.isEmpty() || entry.category().equals(category))
          && (tag.isEmpty() || entry.tags().stream().anyMatch(tag::equalsIgnoreCase))
          && (word.isEmpty() || entry.mentions(word));
    }
  }

  private static boolean fits(CatalogView view) {
    return view.fit() != null
        && (view.fit().verdict().equals("perfect") || view.fit().verdict().equals("tight"));
  }

  private List<ModelName> held() {
    List<ModelName> names = new ArrayList<>();
    for (Backend backend : parts.fleet().snapshot().backends()) {
      for (StoredModel model : backend.stored()) {
        ModelName.parse(model.name()).ifPresent(names::add);
      }
    }
    return names;
  }

  private CatalogView view(Catalog.Listed listed, long vram, List<ModelName> held) {
    CatalogEntry entry = listed.entry();
    Map<String, FitView> fits = new LinkedHashMap<>();
    entry
        .quantizations()
        .forEach(quant -> fit(entry, quant, vram).ifPresent(fit -> fits.put(quant.quant(), fit)));
    String recommended = recommended(entry, fits);
    boolean registry = !entry.ollamaName().isEmpty();
    return new CatalogView(
        entry.id(),
        entry.name(),
        entry.description(),
        entry.repoId(),
        entry.filenameTemplate(),
        entry.ollamaName(),
        entry.category(),
        entry.useCases(),
        entry.tags(),
        entry.parameters(),
        entry.contextWindow(),
        entry.license(),
        entry.quantizations().stream()
            .map(quant -> quant(entry, quant, Optional.ofNullable(fits.get(quant.quant()))))
            .toList(),
        new CatalogView.Performance(
            entry.performance().conversation(),
            entry.performance().memoryExtraction(),
            entry.performance().promptFollowing(),
            entry.performance().creativity()),
        listed.origin(),
        registry ? entry.ollamaName() : entry.pullName(recommended),
        recommended,
        fits.get(registry ? standard(entry) : recommended),
        List.copyOf(
            new TreeSet<>(held.stream().filter(entry::means).map(ModelName::shortName).toList())));
  }

  private Optional<FitView> fit(CatalogEntry entry, CatalogEntry.Quant quant, long vram) {
    return vram > 0
        ? Optional.of(parts.fits().onCard(entry.id(), quant.bytes(), vram))
        : parts.fits().here(entry.id(), "", quant.bytes());
  }

  private static CatalogView.Quant quant(
      CatalogEntry entry, CatalogEntry.Quant quant, Optional<FitView> fit) {
    String file = quant.filename();
    return new CatalogView.Quant(
        quant.quant(),
        quant.sizeMb(),
        quant.vramMb(),
        file.isEmpty() ? entry.filenameTemplate().replace("{quant}", quant.quant()) : file,
        entry.pullName(quant.quant()),
        fit.map(FitView::verdict).orElse(null));
  }

  /// The best quality that is perfect, at most Q5_K_M; else the best that is tight; else the
  /// smallest. Q4_K_M where the hardware is unknown.
  private static String recommended(CatalogEntry entry, Map<String, FitView> fits) {
    List<CatalogEntry.Quant> bySize =
        entry.quantizations().stream()
            .sorted(Comparator.comparingDouble(CatalogEntry.Quant::sizeMb).reversed())
            .toList();
    if (fits.isEmpty()) {
      return standard(entry);
    }
    for (String verdict : List.of("perfect", "tight")) {
      for (CatalogEntry.Quant quant : bySize) {
        FitView fit = fits.get(quant.quant());
        boolean usual = !tooGood(quant, bySize);
        if (usual && fit != null && fit.verdict().equals(verdict)) {
          return quant.quant();
        }
      }
    }
    return bySize.getLast().quant();
  }

  /// Q4_K_M, else the smallest.
  private static String standard(CatalogEntry entry) {
    return entry.quantizations().stream()
        .map(CatalogEntry.Quant::quant)
        .filter(STANDARD::equals)
        .findFirst()
        .orElseGet(() ->
            entry.quantizations().stream()
                .min(Comparator.comparingDouble(CatalogEntry.Quant::sizeMb))
                .map(CatalogEntry.Quant::quant)
                .orElse(""));
  }

  /// Better than anybody needs who does not ask for it, where there is something smaller.
  private static boolean tooGood(CatalogEntry.Quant quant, List<CatalogEntry.Quant> all) {
    return beyond(quant) && !all.stream().allMatch(CatalogCalls::beyond);
  }

  private static boolean beyond(CatalogEntry.Quant quant) {
    return Label.in(quant.quant()).filter(Label::beyondUsual).isPresent();
  }
}
