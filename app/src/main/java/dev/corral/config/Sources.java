package dev.corral.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where settings may come from.
///
/// @param flags dotted keys without dashes, `server.port` to `1234`
/// @param environment of the process
/// @param workingFolder whose `.env` is read, and that `--config` is relative to
/// @param home whose `corral.yaml` and `.env` are read
/// @param named the file that `--config` names, which must be there; null for the home's
public record Sources(
    Map<String, String> flags,
    Map<String, String> environment,
    Path workingFolder,
    Path home,
    @Nullable Path named) {
  public static final String FILE = "corral.yaml";

  public Sources {
    flags = Map.copyOf(flags);
    environment = Map.copyOf(environment);
  }

  /// The sources of this process.
  public static Sources ofProcess(Path home, @Nullable Path named, Map<String, String> flags) {
    return new Sources(flags, System.getenv(), Path.of(""), home, named);
  }

  /// The file in force, whether it is there or not.
  public Path file() {
    return named == null ? home.resolve(FILE) : workingFolder.resolve(named);
  }

  /// The file in force, where there is one to read.
  public Optional<Path> fileToRead() {
    return named != null || Files.exists(file()) ? Optional.of(file()) : Optional.empty();
  }

  /// The environment with both `.env` files, read now.
  public Variables variables() {
    return new Variables(environment, workingFolder, home);
  }

  /// Every file whose change may change a setting.
  List<Path> watched() {
    return Stream.of(file(), workingFolder.resolve(".env"), home.resolve(".env"))
        .distinct()
        .toList();
  }

  /// Flags and the environment may hold secrets.
  @Override
  public String toString() {
    return "Sources of " + home;
  }
}
