package dev.corral.wire;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which headers belong to one connection only and must not travel on (RFC 9110, 7.6.1).
public final class Headers {
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authenticate",
          "proxy-authorization",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private Headers() {}

  /// @param name in lower case
  /// @param connection the value of the same message's `Connection`, which may name more headers;
  ///   null where there is none
  public static boolean hopByHop(String name, @Nullable String connection) {
    return HOP_BY_HOP.contains(name) || (connection != null && names(connection, name));
  }

  private static boolean names(String connection, String name) {
    if (connection.length() < name.length()) {
      return false;
    }
    for (String token : connection.toLowerCase(Locale.ROOT).split(",", -1)) {
      if (token.strip().equals(name)) {
        return true;
      }
    }
    return false;
  }
}
