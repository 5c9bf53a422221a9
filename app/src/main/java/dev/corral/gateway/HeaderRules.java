package dev.corral.gateway;

import dev.corral.wire.Headers;
import dev.corral.wire.Via;
import io.vertx.core.MultiMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

  private static final Rule TO_BACKEND = new Rule(NOT_TO_BACKEND, "sec-");
  private static final Rule TO_CLIENT = new Rule(NOT_TO_CLIENT, "access-control-");

  private HeaderRules() {}

  static void toBackend(MultiMap from, MultiMap to, String instance) {
    String connection = from.get("Connection");
    for (Map.Entry<String, String> header : from) {
      if (TO_BACKEND.travels(header.getKey(), connection)) {
        to.add(header.getKey(), header.getValue());
      }
    }
    to.set(Via.HEADER, Via.onward(from.get(Via.HEADER), instance));
  }

  static void toClient(MultiMap from, MultiMap to) {
    String connection = from.get("Connection");
    for (Map.Entry<String, String> header : from) {
      if (TO_CLIENT.travels(header.getKey(), connection)) {
        to.add(header.getKey(), header.getValue());
      }
    }
  }

  /// One direction's rule, with what it decided before: the same dozen names come with every
  /// request. Bounded, because names are the sender's to choose.
  private record Rule(Set<String> stays, String ownPrefix, Map<String, Boolean> known) {
    private static final int MOST_KNOWN = 1_000;

    Rule(Set<String> stays, String ownPrefix) {
      this(stays, ownPrefix, new ConcurrentHashMap<>());
    }

    boolean travels(String name, @Nullable String connection) {
      Boolean before = known.get(name);
      if (before == null) {
        before = decide(name.toLowerCase(Locale.ROOT));
        if (known.size() < MOST_KNOWN) {
          known.put(name, before);
        }
      }
      return before
          && (plain(connection) || !Headers.hopByHop(name.toLowerCase(Locale.ROOT), connection));
    }

    /// `Connection` rarely names further headers.
    private static boolean plain(@Nullable String connection) {
      return connection == null
          || connection.equalsIgnoreCase("keep-alive")
          || connection.equalsIgnoreCase("close");
    }

    private boolean decide(String name) {
      return !stays.contains(name)
          && !Headers.hopByHop(name, null)
          && !name.startsWith("x-corral-")
          && !name.startsWith(ownPrefix);
    }
  }

  /// @return the declared length in bytes; -1 where none is declared, or none that can be read
  static long length(MultiMap headers) {
    String text = headers.get("Content-Length");
    try {
      return text == null ? -1 : Long.parseLong(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
