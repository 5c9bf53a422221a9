package dev.corral.outbound;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Scheme, host and port: what credentials are bound to.
///
/// @param host lower case, without brackets
public record Origin(boolean tls, String host, int port) {
  /// Names, IPv4 and, within brackets, IPv6. Nothing that two parsers could read in two ways.
  private static final Pattern HOST = Pattern.compile("[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?");

  private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-f:.]+]");
  private static final int HTTPS = 443;
  private static final int HTTP = 80;

  /// The origin of an address, or empty where it is not plainly http or https to a host: with a
  /// user in front of it, another scheme, a strange host.
  public static Optional<Origin> of(URI uri) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    boolean tls = scheme.equals("https");
    if ((!tls && !scheme.equals("http")) || uri.getHost() == null || uri.getUserInfo() != null) {
      return Optional.empty();
    }
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    if (!HOST.matcher(host).matches() && !IPV6.matcher(host).matches()) {
      return Optional.empty();
    }
    int port = uri.getPort() == -1 ? usual(tls) : uri.getPort();
    return port < 1 || port > 65_535
        ? Optional.empty()
        : Optional.of(new Origin(tls, host.replaceAll("^\\[|]$", ""), port));
  }

  private static int usual(boolean tls) {
    return tls ? HTTPS : HTTP;
  }

  /// As in a `Host` header.
  public String authority() {
    String literal = host.contains(":") ? "[" + host + "]" : host;
    return port == usual(tls) ? literal : literal + ":" + port;
  }

  @Override
  public String toString() {
    return (tls ? "https://" : "http://") + authority();
  }
}
