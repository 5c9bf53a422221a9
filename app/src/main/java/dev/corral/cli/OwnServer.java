package dev.corral.cli;

import dev.corral.config.Loaded;
import dev.corral.config.Setting;
import dev.corral.config.Sources;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// Where the server of this home listens: what a verb asks that was given no address.
final class OwnServer {
  private static final String DEFAULT = "http://127.0.0.1:11435";
  private static final Set<String> EVERYWHERE = Set.of("", "0.0.0.0", "::", "[::]");

  private OwnServer() {}

  /// As the configuration says. A wrong one says nothing: no server starts with it, and one that
  /// runs was started before.
  static URI address(Root root) {
    if (!mentioned(root)) {
      return URI.create(DEFAULT);
    }
    return switch (ConfigVerbs.load(root, null)) {
      case Loaded.Invalid<?> _ -> URI.create(DEFAULT);
      case Loaded.Valid<?> valid -> {
        String host = value(valid, "server.host");
        String reached = EVERYWHERE.contains(host) ? "127.0.0.1" : host;
        String literal =
            reached.contains(":") && !reached.startsWith("[") ? "[" + reached + "]" : reached;
        yield Root.address("http://" + literal + ":" + value(valid, "server.port"));
      }
    };
  }

  /// Reading a configuration takes a quarter of the time that a verb has; most say nothing of this.
  private static boolean mentioned(Root root) {
    boolean variable =
        root.surroundings().environment().keySet().stream()
            .anyMatch(name -> name.startsWith("CORRAL_SERVER_"));
    return variable
        || List.of(root.home().resolve(Sources.FILE), root.home().resolve(".env"), Path.of(".env"))
            .stream()
            .anyMatch(OwnServer::mentionsServer);
  }

  private static boolean mentionsServer(Path file) {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try {
      String text = Files.readString(file);
      return text.contains("server") || text.contains("CORRAL_SERVER_");
    } catch (IOException e) {
      return false;
    }
  }

  private static String value(Loaded.Valid<?> valid, String key) {
    return valid.explain(key).stream().map(Setting::value).findFirst().orElse("");
  }
}
