package dev.corral.door;

import dev.corral.access.Route;
import dev.corral.access.Scope;
import dev.corral.wire.Problem;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;

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

  /// Ends the visit for a fault of ours, which is logged and told.
  public void mistake(Throwable fault) {
    Replies.mistake(request, route.dialect(), fault);
  }

  /// Ends the visit with an error in the dialect of its path.
  public void refuse(Problem problem) {
    Replies.problem(request, route.dialect(), problem);
  }
}
