package dev.corral.outbound;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;

/// `HTTPS_PROXY` and `NO_PROXY`, as curl reads them (lower case too). Plain http is for registries
/// that the operator named and goes there directly.
public final class Proxies {
  /// Nobody stands between.
  public static final Proxies NONE = new Proxies(Optional.empty(), List.of());

  /// @param authorization value of `Proxy-Authorization`; empty for none
  record Proxy(Origin at, String authorization) {
    /// The password stays out of logs.
    @Override
    public String toString() {
      return at.toString();
    }
  }

  private final Optional<Proxy> https;
  private final List<String> without;

  private Proxies(Optional<Proxy> https, List<String> without) {
    this.https = https;
    this.without = List.copyOf(without);
  }

  /// @param variable the value of an environment variable, empty for none
  /// @throws IllegalArgumentException where the address cannot be understood
  public static Proxies of(Function<String, Optional<String>> variable) {
    Optional<String> address =
        variable.apply("HTTPS_PROXY").or(() -> variable.apply("https_proxy"));
    String without = variable.apply("NO_PROXY").or(() -> variable.apply("no_proxy")).orElse("");
    List<String> words = new ArrayList<>();
    for (String word : without.split("[,\\s]+", -1)) {
      if (!word.isBlank()) {
        words.add(word.toLowerCase(Locale.ROOT));
      }
    }
    return new Proxies(address.map(Proxies::read), words);
  }

  private static Proxy read(String text) {
    String whole = text.contains("://") ? text : "http://" + text;
    try {
      URI uri = URI.create(whole.replaceAll("/+$", ""));
      String user = uri.getUserInfo() == null ? "" : uri.getUserInfo();
      URI bare = new URI(uri.getScheme(), null, uri.getHost(), uri.getPort(), null, null, null);
      Origin at = Origin.of(bare).orElseThrow();
      byte[] credentials = user.getBytes(StandardCharsets.UTF_8);
      return new Proxy(
          at, user.isEmpty() ? "" : "Basic " + Base64.getEncoder().encodeToString(credentials));
    } catch (IllegalArgumentException | URISyntaxException | NoSuchElementException e) {
      throw new IllegalArgumentException(
          "HTTPS_PROXY is not an address; write it as http://proxy:3128", e);
    }
  }

  /// The proxy on the way to that origin; empty for the direct way.
  Optional<Proxy> towards(Origin origin) {
    return origin.tls() && without.stream().noneMatch(word -> covers(word, origin))
        ? https
        : Optional.empty();
  }

  private static boolean covers(String word, Origin origin) {
    String host = word.replaceFirst(":\\d+$", "");
    if (!host.equals(word) && !word.endsWith(":" + origin.port())) {
      return false;
    }
    String bare = host.replaceFirst("^\\*?\\.", "");
    return host.equals("*") || origin.host().equals(bare) || origin.host().endsWith("." + bare);
  }
}
