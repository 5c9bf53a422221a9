package dev.corral.gateway;

import dev.corral.wire.Headers;
import dev.corral.wire.Via;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which headers travel, in both directions. What belongs to one connection stays there; the
/// caller's credentials and whatever tells of its browser or proxies never reach a backend.
final class HeaderRules {
  /// `Accept-Encoding` stays because a compressed answer could not be watched; `Origin` because the
  /// door has judged it and a node would judge again by its own list.
  private static final Set<String> NOT_TO_BACKEND =
      Set.of(
          "host",
          "authorization",
          "x-api-key",
          "cookie",
          "origin",
          "referer",
          "expect",
          "accept-encoding",
          "content-length",
          "forwarded",
          "x-forwarded-for",
          "x-forwarded-host",
          "x-forwarded-proto",
          "x-real-ip");

  private static final Set<String> NOT_TO_CLIENT =
      Set.of("content-length", "set-cookie", "server", "alt-svc", "x-request-id", "vary");

  private HeaderRules() {}

  static MultiMap toBackend(MultiMap from, String instance) {
    MultiMap to = HttpHeaders.headers();
    @Nullable String connection = from.get("Connection");
    for (Map.Entry<String, String> header : from) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (!NOT_TO_BACKEND.contains(name)
          && !Headers.hopByHop(name, connection)
          && !name.startsWith("x-corral-")
          && !name.startsWith("sec-")) {
        to.add(header.getKey(), header.getValue());
      }
    }
    to.set(Via.HEADER, Via.onward(from.get(Via.HEADER), instance));
    return to;
  }

  static void toClient(MultiMap from, MultiMap to) {
    @Nullable String connection = from.get("Connection");
    for (Map.Entry<String, String> header : from) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (!NOT_TO_CLIENT.contains(name)
          && !Headers.hopByHop(name, connection)
          && !name.startsWith("x-corral-")
          && !name.startsWith("access-control-")) {
        to.add(header.getKey(), header.getValue());
      }
    }
  }
}
