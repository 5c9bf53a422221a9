package dev.corral.door;

import java.util.List;

/// @param host address to bind; beyond loopback only with keys
/// @param port 0 takes any free one
/// @param auth `auto`: no keys needed on loopback until one is made; `keys`: always
/// @param origins pages that may call inference from a browser (CORS), exact origins
/// @param hosts further names under which people reach us; loopback names are always right
/// @param headers which `X-Corral-*` headers an answer carries: `all`, `model`, `none`, or empty
///   for `all` without keys and `model` with
public record ServerSettings(
    String host, int port, String auth, List<String> origins, List<String> hosts, String headers) {
  public static ServerSettings defaults() {
    return new ServerSettings("127.0.0.1", 11435, "auto", List.of(), List.of(), "");
  }

  public ServerSettings {
    origins = List.copyOf(origins);
    hosts = List.copyOf(hosts);
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("server.port is 0 to 65535, not " + port);
    }
    if (!List.of("auto", "keys").contains(auth)) {
      throw new IllegalArgumentException("server.auth is 'auto' or 'keys', not '" + auth + "'");
    }
    if (!List.of("", "all", "model", "none").contains(headers)) {
      throw new IllegalArgumentException(
          "server.headers is 'all', 'model' or 'none', not '" + headers + "'");
    }
  }
}
