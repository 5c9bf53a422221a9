package dev.corral;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// llama.cpp's libraries, where the launcher fetched them, and what needs them.
public final class EngineFiles {
  /// Our own engine and no other backend, however full the disk is.
  public static final String ALONE =
      "engine: {enabled: \"true\"}\nbackends: []\nstore: {ollama: \"off\", reserve: \"0\"}\n";

  public static final String HOW =
      "llama.cpp's libraries are not there; run npm ci --ignore-scripts in runner/natives/cpu";

  private EngineFiles() {}

  /// A Corral that runs models itself; the test is skipped where it cannot.
  public static RunningCorral start() {
    use();
    return RunningCorral.alone(ALONE);
  }

  /// The program finds the libraries; the test is skipped where there are none.
  public static void use() {
    assumeTrue(natives().isPresent(), HOW);
    System.setProperty("corral.natives", natives().orElseThrow().toString());
  }

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
