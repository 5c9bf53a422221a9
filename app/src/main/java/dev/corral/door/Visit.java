package dev.corral.door;

import dev.corral.access.Route;
import dev.corral.access.Scope;
import dev.corral.model.Dialect;
import dev.corral.wire.Problem;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One request that the door let in. Everything about it that is decided once is decided here; the
/// body has not been read.
///
/// @param id the exchange's id, as in `X-Corral-Exchange`
/// @param rest what the pattern of the route stood for, still percent-encoded
/// @param caller name of the key, or `local` where none is needed
/// @param startedNanos `System.nanoTime` when its head had arrived
public record Visit(
    HttpServerRequest request,
    Route route,
    String rest,
    String caller,
    Set<Scope> scopes,
    String id,
    long startedNanos) {
  /// What serves a route.
  public interface Visitor {
    /// Called on the event loop of the connection, before any byte of the body is read.
    void visit(Visit visit);
  }

  /// In whose words this caller is told an error. Both vendors list their models at one path; a
  /// client of Anthropic's says by a header that it is one.
  public Dialect dialect() {
    return dialect(route, request.headers());
  }

  static Dialect dialect(Route route, MultiMap headers) {
    boolean both = route == Route.V1_MODELS || route == Route.V1_MODEL;
    return both && headers.contains("anthropic-version") ? Dialect.ANTHROPIC : route.dialect();
  }

  /// In whose words an error is told where no route was found.
  ///
  /// @param path null where the request had none that could be read
  static Dialect dialect(@Nullable String path) {
    String asked = String.valueOf(path);
    if (asked.startsWith("/manage")) {
      return Dialect.MANAGE;
    }
    if (asked.startsWith("/v1/messages")) {
      return Dialect.ANTHROPIC;
    }
    return asked.startsWith("/v1/") ? Dialect.OPENAI : Dialect.OLLAMA;
  }

  /// What the pattern stood for, percent-decoded; as it came where it is not encoded as it should
  /// be.
  public String name() {
    try {
      // In a path a plus is a plus; the decoder is made for forms.
      return URLDecoder.decode(rest.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return rest;
    }
  }

  /// Ends the visit for a fault of ours, which is logged and told.
  public void mistake(Throwable fault) {
    Replies.mistake(request, dialect(), fault);
  }

  /// Ends the visit with an error in the dialect of its path.
  public void refuse(Problem problem) {
    Replies.problem(request, dialect(), problem);
  }
}
