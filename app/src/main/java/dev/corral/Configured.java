package dev.corral;

import dev.corral.assign.Assignments;
import dev.corral.assign.TiersFile;
import dev.corral.config.Given;
import dev.corral.config.Sources;
import dev.corral.model.ModelName;
import dev.corral.model.PastedName;
import dev.corral.route.Router;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// The models that the configuration names.
final class Configured {
  /// Applications name their models in it, separated by commas; where it is set it counts alone.
  private static final String MODEL_NAMES = "MODEL_NAMES";

  private final Sources sources;
  private final Consumer<String> notices;
  private volatile String said = "";

  /// @param notices lines for the operator
  Configured(Sources sources, Consumer<String> notices) {
    this.sources = sources;
    this.notices = notices;
  }

  /// What names mean: those of the configuration, and `tier:NAME` for each tier of an application's
  /// file.
  Map<String, String> names(Settings settings) {
    Map<String, String> names = new LinkedHashMap<>();
    tiers(settings).forEach((tier, model) -> names.put("tier:" + tier, model));
    names.putAll(settings.aliases());
    return names;
  }

  /// The files of others that say what names mean.
  List<Path> files(Settings settings) {
    try {
      return file(settings).stream().toList();
    } catch (IllegalArgumentException e) {
      return List.of();
    }
  }

  private Optional<Path> file(Settings settings) {
    if (settings.tiersFile().isEmpty()) {
      return Optional.empty();
    }
    Path folder = sources.file().toAbsolutePath().getParent();
    Path named = Path.of(settings.tiersFile());
    return Optional.of(folder == null ? named : folder.resolve(named));
  }

  /// The file is another program's; where it makes no sense that is said once, and the rest works.
  private Map<String, String> tiers(Settings settings) {
    try {
      Map<String, String> tiers = file(settings).map(TiersFile::read).orElse(Map.of());
      said = "";
      return tiers;
    } catch (IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage());
      if (!why.equals(said)) {
        said = why;
        notices.accept(why);
      }
      return Map.of();
    }
  }

  /// Each once, with the first thing that names it, in the order of naming.
  Map<ModelName, String> models(Settings settings) {
    Map<ModelName, String> all = new LinkedHashMap<>();
    String named = sources.variables().find(MODEL_NAMES).map(Given::text).orElse("");
    if (!named.isBlank()) {
      for (String one : named.split(",", -1)) {
        put(all, one.strip(), MODEL_NAMES);
      }
      return all;
    }
    put(all, settings.defaultModel(), "default");
    tiers(settings).forEach((tier, model) -> put(all, model, "tier " + tier));
    Assignments assignments = Assignments.of("", names(settings));
    settings
        .aliases()
        .forEach((alias, model) -> {
          if (assignments.alias(model).isEmpty()) {
            put(all, model, "alias " + alias);
          }
        });
    return all;
  }

  /// What is no model's name (another alias, a tier, a model of a vendor) is nothing to fetch.
  private static void put(Map<ModelName, String> all, String text, String why) {
    if (!Router.reserves(text)
        && PastedName.read(text) instanceof PastedName.Meant meant
        && !meant.name().cloud()
        && all.keySet().stream().noneMatch(one -> one.key().equals(meant.name().key()))) {
      all.put(meant.name(), why);
    }
  }
}
