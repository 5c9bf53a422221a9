package dev.corral;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// llama.cpp's libraries, where the launcher fetched them.
public final class EngineFiles {
  public static final String HOW =
      "llama.cpp's libraries are not there; run npm ci --ignore-scripts in runner/natives/cpu";

  private EngineFiles() {}

  public static Optional<Path> natives() {
    Path here = Path.of("").toAbsolutePath();
    while (here.getParent() != null && !Files.isDirectory(here.resolve("runner/natives"))) {
      here = here.getParent();
    }
    Path folder = here.resolve("runner/natives");
    return Files.isDirectory(folder.resolve("cpu/node_modules"))
        ? Optional.of(folder)
        : Optional.empty();
  }
}
