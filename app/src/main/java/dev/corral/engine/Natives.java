package dev.corral.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The engine's libraries of one variant.
///
/// @param variant `cpu`, `vulkan`, `cuda` or `metal`
/// @param note what an operator should know about the choice; empty where it is what was wanted
public record Natives(Path folder, String variant, String note) {
  static final String CPU = "cpu";

  /// llama.cpp's library by system; the builds that are packaged for Node put the version into it.
  private static final Pattern LIBRARY =
      Pattern.compile("(?:lib)?llama(?:\\.v[0-9.]+)?\\.(?:so|dylib|dll)");

  /// `node_modules/@node-llama-cpp/linux-x64/bins/linux-x64`
  private static final int DEEPEST = 6;

  /// @param root one folder for each variant, or a folder with the libraries themselves
  /// @param wanted the setting
  /// @param offered variants that this machine's hardware could use, best first
  static Optional<Natives> find(Path root, String wanted, List<String> offered) {
    List<String> order = new ArrayList<>(wanted.equals("auto") ? offered : List.of(wanted));
    order.add(CPU);
    for (String variant : order) {
      Optional<Path> folder = libraries(root.resolve(variant));
      if (folder.isPresent()) {
        String note =
            wanted.equals("auto") || wanted.equals(variant)
                ? ""
                : "engine.natives is "
                    + wanted
                    + ", whose libraries are not here; models run on the "
                    + variant
                    + " ones";
        return Optional.of(new Natives(folder.get(), variant, note));
      }
    }
    return libraries(root).map(folder -> new Natives(folder, CPU, ""));
  }

  /// The folder with the libraries for this machine: npm fetches those for others too.
  private static Optional<Path> libraries(Path folder) {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (Stream<Path> files =
        Files.find(
            folder,
            DEEPEST,
            (file, _) -> LIBRARY.matcher(file.getFileName().toString()).matches())) {
      String here = platform();
      return files
          .map(Path::getParent)
          .filter(place -> place.equals(folder) || place.getFileName().toString().startsWith(here))
          .sorted()
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// As the packages call it: `linux-x64`, `mac-arm64`, `win-x64`.
  private static String platform() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String processor = System.getProperty("os.arch", "");
    String name = system.startsWith("win") ? "win" : system.startsWith("mac") ? "mac" : "linux";
    return name + "-" + (processor.equals("aarch64") ? "arm64" : "x64");
  }
}
