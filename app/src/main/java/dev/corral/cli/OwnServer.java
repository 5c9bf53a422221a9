package dev.corral.cli;

import dev.corral.config.Loaded;
import dev.corral.config.Setting;
import dev.corral.config.Sources;
import dev.corral.config.Whereabouts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Where the server of this home listens: what a verb asks that was given no address.
final class OwnServer {
  private static final String DEFAULT = "http://127.0.0.1:11435";

  private OwnServer() {}

  /// Where it runs; where none does, as the configuration says. A wrong one says nothing: no server
  /// starts with it, and one that runs was started before.
  static URI address(Root root) {
    if (variable(root)) {
      return configured(root);
    }
    return Whereabouts.of(root.home())
        .map(running -> Root.address(running.url()))
        .orElseGet(() -> mentioned(root) ? configured(root) : URI.create(DEFAULT));
  }

  /// Where the server of this home may be found, whatever address was asked: where it says that it
  /// runs, if it does, and where the configuration puts it.
  static List<URI> addresses(Root root) {
    List<URI> addresses = new ArrayList<>();
    Whereabouts.of(root.home()).ifPresent(running -> addresses.add(Root.address(running.url())));
    addresses.add(configured(root));
    return addresses;
  }

  private static URI configured(Root root) {
    return switch (ConfigVerbs.load(root, null)) {
      case Loaded.Invalid<?> _ -> URI.create(DEFAULT);
      case Loaded.Valid<?> valid -> {
        int port = Integer.parseInt(value(valid, "server.port"));
        yield Root.address(Whereabouts.url(value(valid, "server.host"), port));
      }
    };
  }

  /// Reading a configuration takes a quarter of the time that a verb has; most say nothing of this.
  private static boolean mentioned(Root root) {
    return List.of(root.home().resolve(Sources.FILE), root.home().resolve(".env"), Path.of(".env"))
        .stream()
        .anyMatch(OwnServer::mentionsServer);
  }

  private static boolean variable(Root root) {
    return root.surroundings().environment().keySet().stream()
        .anyMatch(name -> name.startsWith("CORRAL_SERVER_"));
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
