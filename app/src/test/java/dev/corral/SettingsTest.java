package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.config.ConfigProblem;
import dev.corral.config.Loaded;
import dev.corral.config.Setting;
import dev.corral.config.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `corral.yaml` as people write it.
class SettingsTest {
  @TempDir private Path home;

  /// One line for each key there is, none of them the default.
  private static final Map<String, String> EVERY_KEY =
      Map.ofEntries(
          Map.entry("server.host", "0.0.0.0"),
          Map.entry("server.port", "1234"),
          Map.entry("server.auth", "keys"),
          Map.entry("server.origins", "[http://localhost:3000]"),
          Map.entry("server.hosts", "[box, box.lan]"),
          Map.entry("server.headers", "model"),
          Map.entry("database.url", "jdbc:postgresql://box/corral"),
          Map.entry("default", "llama3.2:1b"),
          Map.entry("limits.concurrent", "8"),
          Map.entry("limits.queue", "9"),
          Map.entry("limits.body", "32MiB"),
          Map.entry("limits.bodies", "2GiB"),
          Map.entry("health.probe", "10s"),
          Map.entry("store.path", "/data/models"),
          Map.entry("store.ollama", "off"),
          Map.entry("store.reserve", "5GiB"),
          Map.entry("store.seed", "[/media/models]"),
          Map.entry("store.trash", "48h"),
          Map.entry("prune.unused-for", "30d"),
          Map.entry("prune.at", "4:30"),
          Map.entry("prune.keep-free", "50GiB"),
          Map.entry("engine.enabled", "true"),
          Map.entry("engine.natives", "vulkan"),
          Map.entry("engine.gpu-blocks", "12"),
          Map.entry("engine.parallel", "2"),
          Map.entry("engine.unified", "false"),
          Map.entry("engine.keep-alive", "-1"),
          Map.entry("engine.max-loaded", "1"),
          Map.entry("engine.memory", "50%"),
          Map.entry("engine.threads", "6"),
          Map.entry("engine.context-length", "8192"),
          Map.entry("engine.llama-server", "/opt/llama-server"),
          Map.entry("pull.parallel", "4"),
          Map.entry("pull.rate", "20MB/s"),
          Map.entry("pull.hosts", "[default, registry.example.com]"),
          Map.entry("pull.registries", "[http://127.0.0.1:5000]"),
          Map.entry("pull.window", "01:00-06:30"),
          Map.entry("pull.prefetch", "[llama3.2:1b]"),
          Map.entry("pull.at-start", "true"),
          Map.entry("tiers-file", "tiers.yaml"),
          Map.entry("change.keep", "3"),
          Map.entry("change.keep-bytes", "40GiB"),
          Map.entry("catalog.sources", "[https://example.com/models.json]"),
          Map.entry("catalog.refresh", "1h"),
          Map.entry("catalog.adopt", "auto"),
          Map.entry("protected", "[mistral:7b]"));

  @Test
  void everyKeyOfTheFileComesBackAsItWasWritten() throws IOException {
    Loaded.Valid<Settings> defaults = valid(load(""));
    assertThat(defaults.settings()).isEqualTo(Settings.defaults());
    for (Setting entry : defaults.entries()) {
      if (List.of("backends", "aliases").contains(entry.key())) {
        continue;
      }
      String value = EVERY_KEY.get(entry.key());
      assertThat(value).as("a value to try for " + entry.key()).isNotNull();
      Loaded.Valid<Settings> loaded = valid(load(nested(entry.key(), value)));
      Setting shown = loaded.explain(entry.key()).getFirst();
      assertThat(shown.value()).isEqualTo(value).isNotEqualTo(entry.value());
      assertThat(shown.source()).startsWith("corral.yaml:");
    }
  }

  @Test
  void backendsAndAliasesAreReadAndTheirKeysAreNotShown() throws IOException {
    Loaded.Valid<Settings> loaded =
        valid(
            load(
                """
                backends:
                  - {name: rig, url: "http://gpu-box:11434", weight: 2}
                  - {name: cloud, url: "https://api.example.com/v1", kind: openai, key: "sk-1", models: [m]}
                aliases: {gpt-4o: llama3.1:8b}
                """));

    assertThat(loaded.settings().backends()).extracting("name").containsExactly("rig", "cloud");
    assertThat(loaded.settings().backends().getLast().key()).isEqualTo("sk-1");
    assertThat(loaded.settings().aliases()).containsEntry("gpt-4o", "llama3.1:8b");
    assertThat(loaded.entries().toString()).contains("backends[1].key").doesNotContain("sk-1");
    assertThat(loaded.toString()).doesNotContain("sk-1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tiers: {free: {model: a}}",
        "roles: {}",
        "profiles: {}",
        "pull: {wait: 1m}",
        "change: {mode: gated}",
        "cache: {}",
        "alerts: []",
        "keep-warm: []",
        "default-tier: free",
        "server: {tls: {cert: a}}",
        "server: {trusted-proxies: []}",
        "health: {restart: auto}",
        "backends: [{name: a, url: b, start: ollama serve}]",
        "backends: [{name: a, url: b, restart: {}}]"
      })
  void aKeyOfALaterVersionStopsTheStartAndSaysSo(String file) throws IOException {
    assertThat(load(file))
        .isInstanceOfSatisfying(
            Loaded.Invalid.class,
            invalid ->
                assertThat(((ConfigProblem) invalid.problems().getFirst()).text())
                    .startsWith("corral.yaml:1: ")
                    .endsWith("is not known to this version of Corral yet; remove it to start"));
  }

  @Test
  void theVariablesOfAnExistingSetUpCountUntilTheFileSaysOtherwise() throws IOException {
    Map<String, String> environment =
        Map.of("OLLAMA_DEFAULT_MODEL", "ollama/phi4", "OLLAMA_MAX_CONCURRENT", "3");
    Loaded.Valid<Settings> loaded = valid(load("default: llama3.2:1b", environment));

    assertThat(loaded.settings().defaultModel()).isEqualTo("llama3.2:1b");
    assertThat(loaded.settings().limits().concurrent()).isEqualTo(3);
    assertThat(loaded.sourceOf("limits.concurrent")).isEqualTo("OLLAMA_MAX_CONCURRENT");
  }

  @Test
  void anOllamasVariablesSetTheEngineAndItsZerosMeanTheUsual() throws IOException {
    Loaded.Valid<Settings> loaded =
        valid(
            load(
                "",
                Map.of(
                    "OLLAMA_KEEP_ALIVE", "-1",
                    "OLLAMA_NUM_PARALLEL", "0",
                    "OLLAMA_MAX_LOADED_MODELS", "1",
                    "OLLAMA_CONTEXT_LENGTH", "8192")));
    assertThat(loaded.settings().engine().idleTime()).isNegative();
    assertThat(loaded.settings().engine().parallelSlots()).isEmpty();
    assertThat(loaded.settings().engine().maxLoaded()).isEqualTo(1);
    assertThat(loaded.settings().engine().defaultContext()).isEqualTo(8192);
    assertThat(loaded.sourceOf("engine.max-loaded")).isEqualTo("OLLAMA_MAX_LOADED_MODELS");
  }

  @Test
  void aVariableThatNamesTheBackendIsShownAsItsSourceAndOneThatNamesNoneIsNoted()
      throws IOException {
    Loaded.Valid<Settings> named =
        valid(load("", Map.of("OLLAMA_HOST", "0.0.0.0", "OLLAMA_ENDPOINT", "http://a b")));
    assertThat(named.explain("backends"))
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.value()).isEqualTo("http://127.0.0.1:11434");
          assertThat(entry.source()).isEqualTo("OLLAMA_HOST");
        });
    assertThat(named.settings().backends()).isEmpty();
    assertThat(named.notes())
        .containsExactly("OLLAMA_ENDPOINT is not an address of an Ollama and was set aside");
    Loaded.Valid<Settings> secret =
        valid(load("", Map.of("OLLAMA_BASE_URL", "https://me:secret@box")));
    assertThat(secret.explain("backends").getFirst().value()).doesNotContain("secret");
    Loaded.Valid<Settings> file =
        valid(load("backends: [{name: a, url: \"http://a:1\"}]\n", Map.of("OLLAMA_HOST", "b")));
    assertThat(file.explain("backends[0].url").getFirst().source()).startsWith("corral.yaml");
  }

  private static String nested(String key, String value) {
    int dot = key.indexOf('.');
    return dot < 0
        ? key + ": " + value
        : key.substring(0, dot) + ":\n  " + key.substring(dot + 1) + ": " + value;
  }

  private Loaded<Settings> load(String file) throws IOException {
    return load(file, Map.of());
  }

  private Loaded<Settings> load(String file, Map<String, String> environment) throws IOException {
    Files.writeString(home.resolve("corral.yaml"), file);
    return Settings.load(new Sources(Map.of(), environment, home.resolve("work"), home, null));
  }

  private static Loaded.Valid<Settings> valid(Loaded<Settings> loaded) {
    assertThat(loaded).isInstanceOf(Loaded.Valid.class);
    return (Loaded.Valid<Settings>) loaded;
  }
}
