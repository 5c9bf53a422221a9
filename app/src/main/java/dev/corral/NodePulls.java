package dev.corral;

import dev.corral.blobs.Folders;
import dev.corral.blobs.OllamaFolder;
import dev.corral.config.Given;
import dev.corral.config.Sources;
import dev.corral.fleet.Backend;
import dev.corral.fleet.Fleet;
import dev.corral.gateway.Gateway;
import dev.corral.node.OwnNode;
import dev.corral.node.Pulling;
import dev.corral.ollama.Management;
import dev.corral.pull.NodeSpot;
import dev.corral.pull.Nodes;
import dev.corral.upstream.Upstream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Pulls on nodes: tells the jobs which nodes there are, and the gateway who follows a job.
final class NodePulls {
  private final Fleet fleet;
  private final Supplier<Settings> settings;
  private final Sources sources;

  private NodePulls(Fleet fleet, Supplier<Settings> settings, Sources sources) {
    this.fleet = fleet;
    this.settings = settings;
    this.sources = sources;
  }

  /// From here on jobs for nodes begin, those too that a restart interrupted.
  static void begin(
      Upstream upstream,
      String instance,
      OwnBackend own,
      Fleet fleet,
      Supplier<Settings> settings,
      Sources sources) {
    NodePulls here = new NodePulls(fleet, settings, sources);
    own.downloads().pulls().reach(new Nodes(new Management(upstream, instance), here::spot));
    upstream.serve(
        Gateway.PULLS, new OwnNode(List.of(new Pulling(own.downloads().pulls()).routes())));
  }

  private Optional<NodeSpot> spot(String name) {
    return fleet
        .snapshot()
        .named(name)
        .filter(backend -> backend.ollama() && !backend.target().isInside())
        .map(backend ->
            new NodeSpot(
                name,
                backend.target(),
                folder(backend).map(OllamaFolder::at),
                settings.get().store().ollama().equals("write")));
  }

  /// As the file says; else the usual one of this machine, for a node on this machine. Whether it
  /// is really that node's is seen by what lies in it.
  private Optional<Path> folder(Backend backend) {
    String named = backend.settings().store();
    if (!named.isEmpty()) {
      return Optional.of(Path.of(named));
    }
    if (!loopback(backend.target().host())) {
      return Optional.empty();
    }
    Map<String, String> variables = new HashMap<>();
    for (String name : List.of("OLLAMA_MODELS", "OLLAMA_MODELS_PATH")) {
      sources.variables().find(name).map(Given::text).ifPresent(v -> variables.put(name, v));
    }
    Path userHome = Path.of(System.getProperty("user.home", "."));
    return Folders.of(settings.get().store(), userHome, userHome, variables).ollama().stream()
        .findFirst();
  }

  /// Only what is written as such: a name that has to be looked up is another machine's.
  private static boolean loopback(String host) {
    try {
      return host.equals("localhost")
          || (host.matches("[0-9.]+|.*:.*") && InetAddress.getByName(host).isLoopbackAddress());
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
