package dev.corral.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// A blob of 2 GB pulled into our own store, beside `curl`, then `sha256sum`, then `sync`; and one
/// from a server that bounds each connection, beside a single connection.
final class Pulling {
  private static final int PORT = 9305;
  private static final int ROUNDS = 3;
  private static final long LARGE = 2_000_000_000;
  private static final long SMALL = 400_000_000;

  /// All that a pull may need.
  private static final String HEAP = "-Xmx64m";

  private final Path folder;

  private Pulling(Path folder) {
    this.folder = folder;
  }

  static void print() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("corral-bench-pull-");
    try {
      Pulling pulling = new Pulling(folder);
      Table table =
          new Table(
              "Pull into our own store, heap of 64 MB, median of " + ROUNDS,
              "",
              "curl, sha256sum, sync s",
              "Corral s",
              "×");
      pulling.row(table, "2 GB, as fast as it goes", LARGE, "fast", "sha256sum FILE; sync FILE");
      pulling.row(table, "400 MB, 20 MB/s for each connection", SMALL, "slow", "true");
      table.print();
    } finally {
      remove(folder);
    }
  }

  private void row(Table table, String title, long size, String model, String then)
      throws IOException, InterruptedException {
    Path blob = folder.resolve("blob");
    fill(blob, size);
    String digest = FileRegistry.digest(blob).toString();
    Process registry =
        java("FileRegistry", Integer.toString(PORT), blob.toString(), digest)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("registry.log").toFile())
            .start();
    try {
      String address = "http://127.0.0.1:" + PORT;
      String url = address + "/v2/bench/" + model + "/blobs/" + digest;
      Values others = new Values();
      Values ours = new Values();
      awaitAnswer(url);
      for (int i = 0; i < ROUNDS; i++) {
        others.add(curl(url, then));
        ours.add(pull(address, model));
      }
      double curl = others.millis(0.5) / 1e3;
      double corral = ours.millis(0.5) / 1e3;
      table.row(
          title, "%.2f".formatted(curl), "%.2f".formatted(corral), "%.2f".formatted(curl / corral));
    } finally {
      registry.destroy();
      registry.onExit().join();
    }
  }

  private static void fill(Path file, long size) throws IOException {
    Random random = new Random(7);
    byte[] piece = new byte[1 << 20];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (long at = 0; at < size; at += piece.length) {
        random.nextBytes(piece);
        out.write(piece, 0, (int) Math.min(piece.length, size - at));
      }
    }
  }

  private static void awaitAnswer(String url) throws IOException, InterruptedException {
    shell("curl -s --retry 50 --retry-connrefused --retry-delay 1 -r 0-0 -o /dev/null " + url);
  }

  private long curl(String url, String then) throws IOException, InterruptedException {
    Path file = folder.resolve("curl");
    shell("sync");
    long begun = System.nanoTime();
    shell("curl -s -o FILE URL; %s".formatted(then).replace("FILE", file + "").replace("URL", url));
    long took = System.nanoTime() - begun;
    Files.delete(file);
    return took;
  }

  private long pull(String address, String model) throws IOException, InterruptedException {
    Path home = Files.createDirectory(folder.resolve("home"));
    shell("sync");
    String name = address.replace("http://", "") + "/bench/" + model + ":t";
    Process process =
        java("PullOnce", address, name, home.toString())
            .redirectError(folder.resolve("pull.log").toFile())
            .start();
    String millis = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(Files.readString(folder.resolve("pull.log")));
    }
    remove(home);
    return Long.parseLong(millis.strip()) * 1_000_000;
  }

  private static ProcessBuilder java(String name, String... args) {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                HEAP,
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.corral.bench." + name));
    command.addAll(List.of(args));
    return new ProcessBuilder(command);
  }

  private static void shell(String line) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("sh", "-c", line)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (process.waitFor() != 0) {
      throw new IOException("failed: " + line);
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }
}
