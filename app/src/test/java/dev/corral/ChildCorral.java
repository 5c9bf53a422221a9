package dev.corral;

import dev.corral.testkit.PlainEnvironment;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/// The whole program as a process of its own, for tests that signal it or take its means away.
final class ChildCorral {
  private ChildCorral() {}

  /// Starts it and returns when it listens.
  ///
  /// @param openFiles how many the process may have; 0 for as many as this one
  static Process start(Path home, int port, int openFiles) throws IOException {
    List<String> command = new ArrayList<>();
    String classPath = System.getProperty("java.class.path");
    if (openFiles > 0) {
      command.addAll(List.of("sh", "-c", "ulimit -n " + openFiles + "; exec \"$@\"", "sh"));
      classPath = packed(home.resolve("program.jar")) + File.pathSeparator + classPath;
    }
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "-cp",
            classPath,
            "dev.corral.Main",
            "serve",
            "--home",
            home.toString(),
            "--port",
            Integer.toString(port)));
    Process process = PlainEnvironment.of(command).redirectErrorStream(true).start();
    BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
    StringBuilder before = new StringBuilder();
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      before.append(line).append('\n');
      if (line.contains("listens on http://127.0.0.1:" + port) && line.startsWith("Corral")) {
        Thread.ofVirtual().start(() -> said.lines().forEach(_ -> {}));
        return process;
      }
    }
    throw new AssertionError("it did not start:\n" + before);
  }

  /// The program's own classes in one file, as it ships: out of a folder each class that is needed
  /// late would need a free file to be read.
  private static Path packed(Path jar) throws IOException {
    Path root = source(Main.class);
    if (!Files.isDirectory(root)) {
      return root;
    }
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(root.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, out);
      }
    }
    return jar;
  }

  private static Path source(Class<?> of) {
    return Path.of(URI.create(of.getProtectionDomain().getCodeSource().getLocation().toString()));
  }

  static void kill(Process process) throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /// Tells it to stop, as a terminal or a container does.
  static void stop(Process process) {
    process.destroy();
  }

  static boolean ended(Process process) throws InterruptedException {
    return process.waitFor(3, TimeUnit.MINUTES);
  }
}
