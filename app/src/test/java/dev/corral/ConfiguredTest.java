package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.config.Loaded;
import dev.corral.config.Sources;
import dev.corral.model.ModelName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What counts as configured.
class ConfiguredTest {
  @TempDir private Path home;
  private final List<String> notices = new ArrayList<>();

  private Map<String, String> models(String yaml, Map<String, String> environment)
      throws IOException {
    Files.writeString(home.resolve("corral.yaml"), yaml);
    Sources sources = new Sources(Map.of(), environment, Path.of(""), home, null);
    Settings settings = ((Loaded.Valid<Settings>) Settings.load(sources)).settings();
    Configured configured = new Configured(sources, notices::add);
    Map<String, String> named = new LinkedHashMap<>();
    for (Map.Entry<ModelName, String> one : configured.models(settings).entrySet()) {
      named.put(one.getKey().shortName(), one.getValue());
    }
    return named;
  }

  @Test
  void modelNamesCountAloneWhereTheyAreSet() throws IOException {
    assertThat(
            models(
                "default: llama3.1:8b",
                Map.of("MODEL_NAMES", "ollama/llama3.2:1b, mistral:7b,, LLAMA3.2:1b")))
        .containsExactly(
            Map.entry("llama3.2:1b", "MODEL_NAMES"), Map.entry("mistral:7b", "MODEL_NAMES"));
  }

  @Test
  void elseDefaultTiersAndAliasesEachOnceAndOnlyWhatCanBeFetched() throws IOException {
    Files.writeString(
        home.resolve("tiers.yaml"),
        "tiers: {free: {model: ollama/llama3.2:1b, x: 1}, pro: {model: 'llama3.1:8b'}, odd: 3}");
    assertThat(
            models(
                """
                default: llama3.2:1b
                tiers-file: tiers.yaml
                aliases: {gpt-4o: 'tier:pro', small: llama3.2:1b, s: small, far: 'big:cloud', owl: owl}
                """,
                Map.of()))
        .containsOnly(Map.entry("llama3.2:1b", "default"), Map.entry("llama3.1:8b", "tier pro"));
    assertThat(notices).isEmpty();
  }

  @Test
  void aTiersFileThatMakesNoSenseIsSaidAndTheRestWorks() throws IOException {
    for (String wrong : List.of("tiers: [", "a: b", "", "tiers: 3")) {
      Files.writeString(home.resolve("tiers.yaml"), wrong);
      assertThat(models("default: m\ntiers-file: tiers.yaml", Map.of())).containsKey("m:latest");
    }
    assertThat(models("tiers-file: nowhere.yaml", Map.of())).isEmpty();
    assertThat(notices)
        .hasSize(5)
        .anyMatch(line -> line.startsWith("tiers.yaml is not valid YAML"))
        .anyMatch(line -> line.equals("nowhere.yaml cannot be read; look at tiers-file"))
        .noneMatch(line -> line.contains(home.toString()));
  }
}
