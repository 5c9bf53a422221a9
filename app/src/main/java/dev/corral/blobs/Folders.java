package dev.corral.blobs;

import dev.corral.model.Bytes;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Where models lie on this machine.
///
/// @param own written by us; made where it is missing
/// @param ollama folders of Ollamas, only read
/// @param seeds folders brought along, only read
/// @param reserve to leave free on the disk of `own`; empty means the usual amount
public record Folders(Path own, List<Path> ollama, List<Path> seeds, Optional<Bytes> reserve) {
  /// Variables that name an Ollama's folder; the first that is set wins.
  private static final List<String> VARIABLES = List.of("OLLAMA_MODELS", "OLLAMA_MODELS_PATH");

  /// Where the Linux service of Ollama keeps its models.
  private static final Path SERVICE = Path.of("/usr/share/ollama/.ollama/models");

  public Folders {
    ollama = List.copyOf(ollama);
    seeds = List.copyOf(seeds);
  }

  /// Only our own.
  public static Folders own(Path own) {
    return new Folders(own, List.of(), List.of(), Optional.empty());
  }

  /// What the settings mean on this machine.
  ///
  /// @param home the folder of this instance
  /// @param userHome where an Ollama of this user would have `.ollama`
  /// @param environment for `OLLAMA_MODELS` and its kin
  public static Folders of(
      StoreSettings settings, Path home, Path userHome, Map<String, String> environment) {
    Path own =
        settings.path().isEmpty() ? home.resolve("models") : below(userHome, settings.path());
    List<Path> found =
        settings.readsOllama()
            ? ollama(userHome, environment).filter(folder -> !same(folder, own)).distinct().toList()
            : List.of();
    List<Path> seeds = settings.seed().stream().map(folder -> below(userHome, folder)).toList();
    Optional<Bytes> reserve =
        settings.reserve().equals(StoreSettings.AUTO)
            ? Optional.empty()
            : Optional.of(Bytes.parse(settings.reserve()));
    return new Folders(own, found, seeds, reserve);
  }

  private static Stream<Path> ollama(Path userHome, Map<String, String> environment) {
    List<Path> folders = new ArrayList<>();
    VARIABLES.stream()
        .map(name -> environment.getOrDefault(name, "").strip())
        .filter(value -> !value.isEmpty())
        .findFirst()
        .ifPresentOrElse(
            value -> folders.add(below(userHome, value)),
            () -> {
              folders.add(userHome.resolve(".ollama").resolve("models"));
              folders.add(SERVICE);
            });
    return folders.stream().filter(folder -> Files.isDirectory(folder.resolve("manifests")));
  }

  private static Path below(Path userHome, String text) {
    try {
      return text.startsWith("~/")
          ? userHome.resolve(text.substring(2))
          : Path.of(text).toAbsolutePath();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("'" + text + "' cannot be the name of a folder", e);
    }
  }

  private static boolean same(Path one, Path other) {
    return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
  }
}
