package dev.corral.testkit;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which requests a fault strikes, and how many of them.
///
/// ```java
/// node.inject(Fault.busy(), Where.path("/api/chat").model("markov-a").times(2));
/// ```
///
/// @param path this path only; null: any
/// @param model requests that name this model as sent; null: any
/// @param inferenceOnly spares listings, probes and management
/// @param times how many requests are struck; [#ALWAYS] until the node is healed
public record Where(
    @Nullable String path, @Nullable String model, boolean inferenceOnly, int times) {
  public static final int ALWAYS = Integer.MAX_VALUE;

  private static final Set<String> INFERENCE =
      Set.of(
          "/api/generate",
          "/api/chat",
          "/api/embed",
          "/api/embeddings",
          "/v1/chat/completions",
          "/v1/completions",
          "/v1/embeddings",
          "/v1/responses",
          "/v1/messages",
          "/completion",
          "/completions",
          "/embedding");

  /// Requests that make a model compute.
  public static Where inference() {
    return new Where(null, null, true, ALWAYS);
  }

  /// Every request, probes too.
  public static Where everywhere() {
    return new Where(null, null, false, ALWAYS);
  }

  public static Where path(String path) {
    return new Where(path, null, false, ALWAYS);
  }

  /// Narrowed to requests for this model.
  public Where model(String name) {
    return new Where(path, name, inferenceOnly, times);
  }

  /// Only the next `count` requests that match.
  public Where times(int count) {
    return new Where(path, model, inferenceOnly, count);
  }

  public Where once() {
    return times(1);
  }

  boolean matches(Received request) {
    return (path == null || path.equals(request.path()))
        && (!inferenceOnly || INFERENCE.contains(request.path()))
        && (model == null || model.equals(request.model()));
  }
}
