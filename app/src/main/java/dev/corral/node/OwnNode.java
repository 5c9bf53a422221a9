package dev.corral.node;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.corral.dialect.Unread;
import dev.corral.dialect.Words;
import dev.corral.model.Dialect;
import dev.corral.upstream.Asked;
import dev.corral.upstream.CallerLeft;
import dev.corral.upstream.Inside;
import dev.corral.upstream.Reply;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// The own node: finds who answers a request, and turns what goes wrong into Ollama's words.
public final class OwnNode implements Inside {
  /// Its name among the backends.
  public static final String NAME = "own";

  private static final System.Logger LOG = System.getLogger(OwnNode.class.getName());

  private final List<Route> routes;

  /// @param routes of all handlers; `/api/version` is always there
  public OwnNode(List<List<Route>> routes) {
    this.routes = routes.stream().flatMap(List::stream).toList();
  }

  /// What needs neither store nor engine.
  public static List<Route> plain() {
    return List.of(
        new Route("GET", "/api/version", OwnNode::version),
        new Route("HEAD", "/api/version", OwnNode::version));
  }

  @Override
  public void answer(Asked asked, Reply reply) {
    String path = asked.path().split("\\?", 2)[0];
    List<Route> here = routes.stream().filter(route -> route.covers(path)).toList();
    Optional<Route> found =
        here.stream().filter(route -> route.method().equals(asked.method())).findFirst();
    if (found.isEmpty()) {
      Turn turn = new Turn(asked, reply, Dialect.PLAIN, "");
      turn.refuse(
          here.isEmpty()
              ? new Refused(404, "404 page not found")
              : new Refused(405, "405 method not allowed"));
      return;
    }
    Turn turn = new Turn(asked, reply, found.get().dialect(), found.get().parameter(path));
    try {
      found.get().handler().answer(turn);
    } catch (CallerLeft left) {
      throw left;
    } catch (Unread unread) {
      turn.unread(unread.text());
    } catch (Refused no) {
      turn.refuse(no);
    } catch (IOException | RuntimeException e) {
      // Whoever has left is told nothing, and is no fault of ours: then this throws.
      turn.refuse(new Refused(500, "an internal error; look at 'corral logs'"));
      LOG.log(System.Logger.Level.ERROR, asked.method() + " " + path + " failed", e);
    }
  }

  private static void version(Turn turn) {
    turn.json(200, JsonNodeFactory.instance.objectNode().put("version", Words.OLLAMA_VERSION));
  }
}
