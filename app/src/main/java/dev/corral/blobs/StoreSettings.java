package dev.corral.blobs;

import dev.corral.model.Bytes;
import java.time.Duration;
import java.util.List;

/// The `store:` of `corral.yaml`.
///
/// @param path folder of our own store; empty means `models` in the home
/// @param ollama `read`: the folder of an Ollama on this machine is read in place; `write`: models
///   pulled for that Ollama are put there by us; `off`: it is left alone
/// @param reserve bytes of the disk that uploads and pulls leave free; [#AUTO] is 10 GiB, or a
///   twentieth of the disk where that is less
/// @param seed folders that are only read: in Ollama's layout, or with GGUF files
/// @param trash how long deleted models can come back; zero for not at all
public record StoreSettings(
    String path, String ollama, String reserve, List<String> seed, Duration trash) {
  static final String AUTO = "auto";
  private static final String READ = "read";
  private static final String WRITE = "write";
  private static final String OFF = "off";

  public static StoreSettings defaults() {
    return new StoreSettings("", READ, AUTO, List.of(), Trash.USUAL);
  }

  public StoreSettings {
    seed = List.copyOf(seed);
    if (!List.of(READ, WRITE, OFF).contains(ollama)) {
      throw new IllegalArgumentException(
          "ollama is 'read', 'write' or 'off', not '" + ollama + "'");
    }
    if (!reserve.equals(AUTO)) {
      Bytes.parse(reserve);
    }
  }

  /// Whether we may put models into an Ollama's folder.
  public boolean writesOllama() {
    return ollama.equals(WRITE);
  }

  boolean readsOllama() {
    return !ollama.equals(OFF);
  }
}
