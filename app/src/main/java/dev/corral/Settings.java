package dev.corral;

import dev.corral.db.DatabaseSettings;
import dev.corral.door.ServerSettings;
import dev.corral.fleet.BackendSettings;
import dev.corral.fleet.HealthSettings;
import dev.corral.limit.LimitSettings;
import java.util.List;
import java.util.Map;

/// The whole of `corral.yaml`: one record for each room that has settings. The room `config` fills
/// it by the names of the components (`defaultModel` is written `default`).
///
/// @param defaultModel the model for callers that name none; empty for none
/// @param aliases free names for models, for example `gpt-4o: llama3.1:8b`
public record Settings(
    ServerSettings server,
    List<BackendSettings> backends,
    DatabaseSettings database,
    String defaultModel,
    Map<String, String> aliases,
    LimitSettings limits,
    HealthSettings health) {
  public static Settings defaults() {
    return new Settings(
        ServerSettings.defaults(),
        List.of(),
        DatabaseSettings.defaults(),
        "",
        Map.of(),
        LimitSettings.defaults(),
        HealthSettings.defaults());
  }

  public Settings {
    backends = List.copyOf(backends);
    aliases = Map.copyOf(aliases);
  }
}
