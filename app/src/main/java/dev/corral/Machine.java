package dev.corral;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What the start wants to know of this machine.
final class Machine {
  /// Whoever holds our port answers at once, or a little later where the machine is busy, or is no
  /// server of ours.
  private static final int PATIENCE_MILLIS = 5_000;

  /// Beside the path, which a service may not have.
  private static final List<String> USUAL_PLACES =
      List.of(
          "/usr/local/bin",
          "/usr/bin",
          "/opt/homebrew/bin",
          "/Applications/Ollama.app/Contents/Resources");

  /// Where Linux keeps its name.
  private static final Path KERNEL_NAME = Path.of("/proc/sys/kernel/hostname");

  private Machine() {}

  /// This machine's own name, as far as it can be known without asking the network.
  static Optional<String> name(Map<String, String> environment) {
    try {
      return Optional.of(Files.readString(KERNEL_NAME).strip());
    } catch (IOException e) {
      return Optional.ofNullable(environment.get("COMPUTERNAME"));
    }
  }

  /// The same where only the resolver knows it. A resolver without a network may take a minute, so
  /// no start waits for this.
  static String resolvedName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  /// True where somebody installed an Ollama here, running or not.
  static boolean ollamaInstalled(Map<String, String> environment) {
    String path = environment.getOrDefault("PATH", "");
    return Stream.concat(Stream.of(path.split(File.pathSeparator, -1)), USUAL_PLACES.stream())
        .filter(folder -> !folder.isBlank())
        .anyMatch(folder ->
            Files.isExecutable(Path.of(folder, "ollama"))
                || Files.isExecutable(Path.of(folder, "ollama.exe")));
  }

  /// Who holds a port, one sentence.
  static String whoListens(String host, int port) {
    String literal = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://" + literal + ":" + port + "/").toURL().openConnection();
      connection.setConnectTimeout(PATIENCE_MILLIS);
      connection.setReadTimeout(PATIENCE_MILLIS);
      boolean corral = connection.getHeaderField("X-Corral-Exchange") != null;
      try (InputStream body = connection.getInputStream()) {
        String text = new String(body.readNBytes(64), StandardCharsets.UTF_8);
        if (corral) {
          return "Another Corral listens there already.";
        }
        return text.startsWith("Ollama is running")
            ? "An Ollama listens there."
            : "Another web server listens there.";
      }
    } catch (IOException e) {
      return "Another program holds the port.";
    }
  }
}
