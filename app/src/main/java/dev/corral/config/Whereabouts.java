package dev.corral.config;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Where the server of a home listens, written down beside its settings while it runs: a port may
/// come from a flag, which no other program of this home can know. Two lines of `server.pid`: the
/// process, the address. A server that is killed leaves them behind, and nobody believes them then.
///
/// @param process the number of the server's process
/// @param url how it is reached from this machine
public record Whereabouts(long process, String url) {
  private static final String FILE = "server.pid";
  private static final Set<String> EVERYWHERE = Set.of("", "0.0.0.0", "::", "[::]");

  /// Of this process.
  ///
  /// @param host what the settings say
  public static Whereabouts here(String host, int port) {
    return new Whereabouts(ProcessHandle.current().pid(), url(host, port));
  }

  /// How a program on this machine reaches who listens there.
  public static String url(String host, int port) {
    String reached = EVERYWHERE.contains(host) ? "127.0.0.1" : host;
    boolean bare = reached.contains(":") && !reached.startsWith("[");
    return "http://" + (bare ? "[" + reached + "]" : reached) + ":" + port;
  }

  /// What the server of a home says, where one runs.
  public static Optional<Whereabouts> of(Path home) {
    return read(home).filter(found -> ProcessHandle.of(found.process).isPresent());
  }

  /// @throws IOException where the home cannot be written
  public void tell(Path home) throws IOException {
    Files.writeString(home.resolve(FILE), process + "\n" + url + "\n");
  }

  /// Takes the words back, unless a later server of the same home has written its own.
  ///
  /// @throws IOException where the home cannot be written
  public void takeBack(Path home) throws IOException {
    if (read(home).equals(Optional.of(this))) {
      Files.deleteIfExists(home.resolve(FILE));
    }
  }

  private static Optional<Whereabouts> read(Path home) {
    try {
      Path file = home.resolve(FILE);
      if (!Files.isRegularFile(file)) {
        return Optional.empty();
      }
      List<String> lines = Files.readAllLines(file);
      return Optional.of(
          new Whereabouts(Long.parseLong(lines.get(0)), URI.create(lines.get(1)).toString()));
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }
}
