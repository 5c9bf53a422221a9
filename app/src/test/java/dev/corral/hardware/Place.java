package dev.corral.hardware;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// A machine in a folder: files as the kernel writes them, and tools that print what was recorded.
final class Place {
  static final long GIB = 1L << 30;

  /// Memory of the host.
  static final long HOST = 16 * GIB;

  private final Path root;
  private final Map<String, String> variables = new HashMap<>();
  private final Map<String, String> tools = new HashMap<>();
  private String system = "Linux";

  /// 16 GiB of memory, 8 of them free.
  Place(Path root) throws IOException {
    this.root = root;
    file("proc/meminfo", "MemTotal: 16777216 kB", "MemAvailable: 8388608 kB");
  }

  Place file(String path, String... lines) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, List.of(lines));
    return this;
  }

  /// A folder of another machine.
  Place link(String path, Path there) throws IOException {
    Files.createSymbolicLink(root.resolve(path), there.toAbsolutePath());
    return this;
  }

  Place bytes(String path, int... bytes) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    IntStream.of(bytes).forEach(all::write);
    Files.write(file, all.toByteArray());
    return this;
  }

  /// @param command words that the command line holds
  Place tool(String command, String output) {
    tools.put(command, output);
    return this;
  }

  Place variable(String name, String value) {
    variables.put(name, value);
    return this;
  }

  Place system(String name) {
    system = name;
    return this;
  }

  List<Gpu> gpus() {
    return Inventory.read(new Surroundings(root, system, variables, this::output)).gpus();
  }

  private Optional<String> output(List<String> arguments) {
    String line = String.join(" ", arguments);
    return tools.entrySet().stream()
        .filter(tool -> line.contains(tool.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }
}
