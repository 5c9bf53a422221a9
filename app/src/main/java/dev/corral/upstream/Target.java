package dev.corral.upstream;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Where a backend answers, as the operator named it.
///
/// @param name the backend's name, for messages
/// @param basePath put in front of every path; empty or `/v1`, never with a final slash
/// @param bearer sent as `Authorization: Bearer`; empty for none
public record Target(
    String name, String host, int port, boolean tls, String basePath, String bearer) {
  /// Addresses at which clouds hand out credentials to anybody who asks from inside. An operator
  /// never means them; a stranger who found a way to name a backend would.
  private static final Set<InetAddress> METADATA =
      Set.of(
          InetAddress.ofLiteral("169.254.169.254"),
          InetAddress.ofLiteral("169.254.170.2"),
          InetAddress.ofLiteral("100.100.100.200"),
          InetAddress.ofLiteral("fd00:ec2::254"));

  private static final Set<String> METADATA_NAMES = Set.of("metadata.google.internal", "metadata");

  /// The backend inside this program that [Upstream#serve] was given under this name.
  public static Target inside(String name) {
    return new Target(name, "", 0, false, "", "");
  }

  /// Reads `http://gpu-box:11434` or `https://api.example.com/v1`.
  ///
  /// @throws IllegalArgumentException with what is wrong and how it is written
  public static Target parse(String name, String url, String bearer) {
    URI uri;
    try {
      uri = new URI(url.strip());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(wrong(url, "it is not a URL"), e);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new IllegalArgumentException(wrong(url, "it must begin with http:// or https://"));
    }
    if (uri.getHost() == null) {
      throw new IllegalArgumentException(wrong(url, "it names no host"));
    }
    if (uri.getUserInfo() != null) {
      throw new IllegalArgumentException(
          wrong(url.replace(uri.getUserInfo() + "@", ""), "a key belongs into 'key', not the URL"));
    }
    if (uri.getQuery() != null || uri.getFragment() != null) {
      throw new IllegalArgumentException(wrong(url, "it must end with the path"));
    }
    String host = uri.getHost().replaceAll("^\\[|]$", "").toLowerCase(Locale.ROOT);
    if (METADATA_NAMES.contains(host) || metadata(literal(host))) {
      throw new IllegalArgumentException(wrong(url, "it is a cloud's metadata address"));
    }
    boolean tls = scheme.equals("https");
    int port = uri.getPort() > 0 ? uri.getPort() : tls ? 443 : 80;
    String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceAll("/+$", "");
    return new Target(name, host, port, tls, path, bearer);
  }

  /// True for a backend inside this program: no address, no socket.
  public boolean isInside() {
    return host.isEmpty();
  }

  /// True where a name that was looked up led to an address that no operator means.
  static boolean metadata(@Nullable InetAddress address) {
    return address != null && METADATA.contains(address);
  }

  private static @Nullable InetAddress literal(String host) {
    try {
      return InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException named) {
      return null;
    }
  }

  private static String wrong(String url, String why) {
    return "'" + url + "' cannot be a backend: " + why + ". Write it as http://host:11434";
  }

  /// The `Host` header. Ollama on loopback refuses names that are not local, so it is the address
  /// that was named, never what the caller asked for.
  public String authority() {
    String literal = host.contains(":") ? "[" + host + "]" : host;
    return port == (tls ? 443 : 80) ? literal : literal + ":" + port;
  }

  /// The address for people.
  public String url() {
    return isInside()
        ? "inside this program"
        : (tls ? "https://" : "http://") + authority() + basePath;
  }

  /// Keys stay out of logs.
  @Override
  public String toString() {
    return isInside() ? name + ", " + url() : name + " at " + url();
  }
}
