package dev.corral;

import dev.corral.blobs.StoreSettings;
import dev.corral.config.Config;
import dev.corral.config.Loaded;
import dev.corral.config.OllamaVariables;
import dev.corral.config.Sources;
import dev.corral.db.DatabaseSettings;
import dev.corral.door.ServerSettings;
import dev.corral.engine.EngineSettings;
import dev.corral.fleet.BackendSettings;
import dev.corral.fleet.HealthSettings;
import dev.corral.library.CatalogSettings;
import dev.corral.limit.LimitSettings;
import dev.corral.pull.PullSettings;
import dev.corral.revision.ChangeSettings;
import dev.corral.upkeep.PruneSettings;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The whole of `corral.yaml`: one record for each room that has settings. The room `config` fills
/// it by the names of the components (`defaultModel` is written `default`, `protectedModels`
/// `protected`).
///
/// @param defaultModel the model for callers that name none; empty for none
/// @param aliases free names for models, for example `gpt-4o: llama3.1:8b`
/// @param protectedModels what nobody may remove through Corral
/// @param tiersFile where an application keeps its tiers, relative to this file; empty for none
public record Settings(
    ServerSettings server,
    List<BackendSettings> backends,
    DatabaseSettings database,
    String defaultModel,
    Map<String, String> aliases,
    LimitSettings limits,
    HealthSettings health,
    StoreSettings store,
    EngineSettings engine,
    PullSettings pull,
    CatalogSettings catalog,
    List<String> protectedModels,
    PruneSettings prune,
    String tiersFile,
    ChangeSettings change) {
  /// Keys of rooms that this version does not have yet.
  private static final Set<String> LATER =
      Set.of(
          "default-tier",
          "tiers",
          "roles",
          "profiles",
          "pull.on-demand",
          "pull.patterns",
          "pull.max-size",
          "pull.max-total",
          "pull.wait",
          "change.mode",
          "change.steps",
          "change.soak",
          "change.window",
          "cache",
          "keep-warm",
          "alerts",
          "server.tls",
          "server.trusted-proxies",
          "health.restart",
          "backends[].start",
          "backends[].restart");

  /// Reads flags, variables and the file; the one place that knows how this tree is written.
  public static Loaded<Settings> load(Sources sources) {
    Loaded<Settings> loaded =
        Config.standard()
            .renaming("default-model", "default")
            .renaming("protected-models", "protected")
            .later(LATER)
            .below(OllamaVariables::settings)
            .load(Settings.class, defaults(), sources);
    return switch (loaded) {
      case Loaded.Valid<Settings> valid -> valid.noting(OllamaVariables.notes(sources.variables()));
      case Loaded.Invalid<Settings> invalid -> invalid;
    };
  }

  public static Settings defaults() {
    return new Settings(
        ServerSettings.defaults(),
        List.of(),
        DatabaseSettings.defaults(),
        "",
        Map.of(),
        LimitSettings.defaults(),
        HealthSettings.defaults(),
        StoreSettings.defaults(),
        EngineSettings.defaults(),
        PullSettings.defaults(),
        CatalogSettings.defaults(),
        List.of(),
        PruneSettings.defaults(),
        "",
        ChangeSettings.defaults());
  }

  public Settings {
    backends = List.copyOf(backends);
    aliases = Map.copyOf(aliases);
    protectedModels = List.copyOf(protectedModels);
  }
}
