package dev.corral.runner;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/// Hand-made models of one block whose answers are known, and the real libraries to run them with.
///
/// In each a token's successor is fixed, whatever stands before it: `markov-a` writes one sentence
/// and ends, `markov-loop` counts from one to ten for ever, `markov-embed` gives a text the mean of
/// its tokens' unit vectors.
public final class TinyModels {

  private TinyModels() {}

  public static final String SENTENCE = " The quick brown fox jumps over the lazy dog.";

  /// The folder of llama.cpp's libraries; skips the test, with the reason, where there is none.
  public static Path natives() {
    var given = System.getProperty("corral.natives");
    var folder = given == null ? root().resolve("runner/natives") : Path.of(given);
    var system = "linux-" + (System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x64");
    var libraries =
        folder
            .resolve("cpu/node_modules/@node-llama-cpp")
            .resolve(system)
            .resolve("bins/" + system);
    assumeTrue(
        Files.isDirectory(libraries),
        "llama.cpp's libraries are not there; run npm ci --ignore-scripts in runner/natives/cpu");
    return libraries;
  }

  private static Path root() {
    var folder = Path.of("").toAbsolutePath();
    while (folder.getParent() != null && !Files.isDirectory(folder.resolve("runner/natives"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  /// Unpacks a model into a folder.
  public static Path unpack(String name, Path into) {
    var file = into.resolve(name + ".gguf");
    var packed = TinyModels.class.getResourceAsStream("/" + name + ".gguf.gz");
    try (var in = new GZIPInputStream(Objects.requireNonNull(packed, name))) {
      Files.copy(in, file);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
