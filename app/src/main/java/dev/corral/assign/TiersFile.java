package dev.corral.assign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// A file in which applications keep their tiers: `tiers: {pro: {model: "ollama/llama3.1:8b", …}}`.
/// It is theirs: what else a tier has is ignored.
public final class TiersFile {
  private static final String OLLAMA = "ollama/";

  /// No such file is larger; a model given by mistake is.
  private static final long LARGEST = 1 << 20;

  private TiersFile() {}

  /// The models by tier, in the order of the file.
  ///
  /// @throws IllegalArgumentException with what is wrong with the file, naming it
  public static Map<String, String> read(Path file) {
    String name = String.valueOf(file.getFileName());
    Map<String, String> models = new LinkedHashMap<>();
    if (!(tree(file, name) instanceof Map<?, ?> root)
        || !(root.get("tiers") instanceof Map<?, ?> tiers)) {
      throw new IllegalArgumentException(
          name + " has no 'tiers:'; write it as tiers: {free: {model: llama3.2:1b}}");
    }
    tiers.forEach((tier, values) -> {
      if (values instanceof Map<?, ?> members
          && members.get("model") instanceof String model
          && !model.isBlank()) {
        String bare = model.strip();
        models.put(
            String.valueOf(tier), bare.startsWith(OLLAMA) ? bare.substring(OLLAMA.length()) : bare);
      }
    });
    return models;
  }

  private static Object tree(Path file, String name) {
    try {
      if (Files.size(file) > LARGEST) {
        throw new IllegalArgumentException(name + " is larger than 1 MiB; is it the right file?");
      }
      Object tree =
          new Load(LoadSettings.builder().setLabel(name).build())
              .loadFromString(Files.readString(file));
      return tree == null ? Map.of() : tree;
    } catch (IOException e) {
      throw new IllegalArgumentException(name + " cannot be read; look at tiers-file", e);
    } catch (YamlEngineException e) {
      throw new IllegalArgumentException(name + " is not valid YAML: " + e.getMessage(), e);
    }
  }
}
