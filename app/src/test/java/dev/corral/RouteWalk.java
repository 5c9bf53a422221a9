package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.access.Route;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Body;
import dev.corral.testkit.Headers;
import dev.corral.testkit.RawClient;
import java.util.Set;

/// Walks the whole table of routes against a running server: what demands a scope lets nobody in
/// without a key.
public final class RouteWalk {
  private RouteWalk() {}

  /// @param open routes that the server opens beyond the table, such as `METRICS` on loopback
  public static void nobodyEntersWithoutAKey(int port, Set<Route> open) {
    for (Route route : Route.values()) {
      for (String method : route.methods()) {
        int status = status(port, method, pathOf(route));
        if (route.demand().isPresent() && !open.contains(route)) {
          assertThat(status).as(method + " " + route).isEqualTo(401);
        } else {
          assertThat(status).as(method + " " + route).isNotIn(401, 403, 421);
        }
      }
    }
  }

  /// A page that had its name rebound to this machine's address: not one route answers it, and
  /// nothing is read but what needs no key at all.
  public static void nobodyEntersUnderAStrangeName(int port) {
    for (Route route : Route.values()) {
      for (String method : route.methods()) {
        if (route.demand().isPresent() || route.page()) {
          assertThat(status(port, method, pathOf(route), "Host", "evil.example"))
              .as(method + " " + route)
              .isEqualTo(421);
        }
      }
    }
  }

  private static int status(int port, String method, String path, String... more) {
    boolean bodied = method.equals("POST");
    Headers headers = Headers.of("Connection", "close", "Content-Type", "application/json");
    for (int i = 0; i < more.length; i += 2) {
      headers = headers.with(more[i], more[i + 1]);
    }
    try (RawClient client = RawClient.connect(port)) {
      RawClient asked = client.request(method, path, headers, bodied ? Body.of("{}") : Body.EMPTY);
      Answer answer = asked.answer();
      return answer.status();
    }
  }

  /// A path that the route matches.
  private static String pathOf(Route route) {
    return route.path().replace("{}", "some").replace("**", "some/where");
  }
}
