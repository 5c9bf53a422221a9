package dev.corral.door;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which `Host` and `Origin` a request may carry. Against web pages that drive a local program: DNS
/// rebinding (a foreign name that resolves to us) and cross-site requests.
final class Origins {
  /// Schemes of desktop programs that embed a web view; no web page can claim them. As Ollama's
  /// list.
  private static final Set<String> DESKTOP =
      Set.of("app", "file", "tauri", "vscode-webview", "vscode-file");

  private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "0.0.0.0", "[::1]");

  private final List<String> origins;
  private final List<String> hosts;
  private final String machine;

  /// @param origins further origins that may ask for inference; `*` for all
  /// @param hosts further names under which we are reached
  /// @param machine this machine's own name
  Origins(List<String> origins, List<String> hosts, String machine) {
    this.origins = origins;
    this.hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
    this.machine = machine.toLowerCase(Locale.ROOT);
  }

  /// True for names that no stranger can point at us: literal addresses, this machine's own names,
  /// and the names that the public DNS does not hold.
  boolean knownHost(@Nullable String header) {
    if (header == null || header.isEmpty()) {
      return true;
    }
    String host = withoutPort(header.toLowerCase(Locale.ROOT));
    return host.equals("localhost")
        || host.equals(machine)
        || host.startsWith("[")
        || literalIpv4(host)
        || host.endsWith(".localhost")
        || host.endsWith(".local")
        || host.endsWith(".internal")
        || hosts.contains(host);
  }

  /// True where the page comes from this very server.
  static boolean same(String origin, @Nullable String host) {
    return host != null
        && (origin.equalsIgnoreCase("http://" + host)
            || origin.equalsIgnoreCase("https://" + host));
  }

  /// True for pages that may ask for inference.
  boolean allowed(String origin) {
    if (origins.contains("*") || origins.contains(origin)) {
      return true;
    }
    try {
      URI uri = new URI(origin);
      String scheme = String.valueOf(uri.getScheme());
      boolean web = scheme.equals("http") || scheme.equals("https");
      return DESKTOP.contains(scheme) || (web && LOCAL.contains(String.valueOf(uri.getHost())));
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static String withoutPort(String authority) {
    int colon = authority.lastIndexOf(':');
    return colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
  }

  private static boolean literalIpv4(String host) {
    int dots = 0;
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c == '.') {
        dots++;
      } else if (c < '0' || c > '9') {
        return false;
      }
    }
    return dots == 3;
  }
}
