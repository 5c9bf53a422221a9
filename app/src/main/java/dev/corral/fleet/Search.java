package dev.corral.fleet;

import dev.corral.ollama.Node;
import dev.corral.ollama.Sight;
import dev.corral.upstream.Target;
import java.util.List;
import java.util.Optional;

/// Where an Ollama usually answers, for set-ups that name none. Blocking; for a virtual thread.
public final class Search {
  /// Where an Ollama listens that nobody configured; waited for where no other is found.
  public static final String USUAL = "http://127.0.0.1:11434";

  /// The service's name in compose files, and the host as seen from a container.
  private static final List<String> PLACES =
      List.of(USUAL, "http://ollama:11434", "http://host.docker.internal:11434");

  private Search() {}

  /// The first usual place that answers as an Ollama.
  public static Optional<String> run(Node node) {
    for (String place : PLACES) {
      if (node.ollama(Target.parse("found", place, "")) instanceof Sight.Seen) {
        return Optional.of(place);
      }
    }
    return Optional.empty();
  }

  /// A backend that was not configured, under the name `ollama`.
  public static Named found(String url, String source) {
    return named("ollama", url, source);
  }

  public static Named named(String name, String url, String source) {
    BackendSettings plain = BackendSettings.defaults();
    return new Named(
        new BackendSettings(name, url, plain.kind(), plain.key(), plain.weight(), plain.models()),
        source);
  }
}
