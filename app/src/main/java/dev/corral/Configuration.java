package dev.corral;

import dev.corral.config.Config;
import dev.corral.config.Loaded;
import dev.corral.config.OllamaVariables;
import dev.corral.config.Sources;
import dev.corral.model.Bytes;
import java.util.Set;

/// How `corral.yaml` is read: the one place that knows which keys there are and how they are
/// written.
final class Configuration {
  /// Keys of later versions. Who writes one already is told so, and not that it is a slip.
  private static final Set<String> LATER =
      Set.of(
          "engine",
          "store",
          "default-tier",
          "tiers",
          "tiers-file",
          "roles",
          "profiles",
          "pull",
          "change",
          "cache",
          "catalog",
          "prune",
          "alerts",
          "protected",
          "keep-warm",
          "server.tls",
          "server.trusted-proxies",
          "health.restart",
          "backends[].start",
          "backends[].restart",
          "backends[].store");

  private Configuration() {}

  static Loaded<Settings> load(Sources sources) {
    return config().load(Settings.class, Settings.defaults(), sources);
  }

  static Config config() {
    return Config.standard()
        .reading(Bytes.class, Bytes::parse)
        .renaming("default-model", "default")
        .below(OllamaVariables::settings)
        .later(LATER);
  }
}
