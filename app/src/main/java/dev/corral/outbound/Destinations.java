package dev.corral.outbound;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The hosts that may be asked. Everything else is refused before a name is looked up.
public final class Destinations {
  /// In a list of hosts: the registry that names without a host mean.
  public static final String DEFAULT = "default";

  /// In a list of hosts: Hugging Face.
  public static final String HUB = "hf.co";

  /// What may be asked, and where it may lead. A registry keeps its blobs elsewhere; that place may
  /// be led to, but not asked first by a model's name.
  private static final List<Rule> OF_DEFAULT =
      List.of(rule("registry.ollama.ai", true), rule("*.r2.cloudflarestorage.com", false));

  private static final List<Rule> OF_HUB =
      List.of(
          rule("huggingface.co", true),
          rule("hf.co", true),
          rule("*.huggingface.co", false),
          rule("*.hf.co", false));

  private static final int HTTPS = 443;

  private final List<Rule> rules;
  private final Set<Origin> named;

  private Destinations(List<Rule> rules, Set<Origin> named) {
    this.rules = List.copyOf(rules);
    this.named = Set.copyOf(named);
  }

  /// @param name lower case; a leading `*.` means every host below, `*` alone every public host
  private record Rule(String name, int port, boolean askedFirst) {
    boolean holds(Origin origin) {
      if (!origin.tls() || origin.port() != port) {
        return false;
      }
      return name.equals("*")
          || (name.startsWith("*.")
              ? origin.host().endsWith(name.substring(1))
              : origin.host().equals(name));
    }
  }

  private static Rule rule(String name, boolean askedFirst) {
    return new Rule(name, HTTPS, askedFirst);
  }

  /// @param hosts [#DEFAULT], [#HUB], host names, `host:port`, `*.below.this`: by https, at public
  ///   addresses
  /// @param registries origins (`http://127.0.0.1:5000`) that may be asked although they are plain
  ///   http or lie in a private network
  /// @throws IllegalArgumentException with the entry that is wrong and how it is written
  public static Destinations of(List<String> hosts, List<String> registries) {
    List<Rule> rules = new ArrayList<>();
    for (String host : hosts) {
      switch (host.strip().toLowerCase(Locale.ROOT)) {
        case DEFAULT -> rules.addAll(OF_DEFAULT);
        case HUB, "huggingface.co" -> rules.addAll(OF_HUB);
        case String other -> rules.add(read(other));
      }
    }
    return new Destinations(
        rules, registries.stream().map(Destinations::origin).collect(Collectors.toSet()));
  }

  private static Rule read(String text) {
    String name = text;
    int port = HTTPS;
    int colon = text.lastIndexOf(':');
    if (colon > 0 && text.substring(colon + 1).matches("\\d{1,5}")) {
      port = Integer.parseInt(text.substring(colon + 1));
      name = text.substring(0, colon);
    }
    if (!name.matches("\\*|(\\*\\.)?[a-z0-9]([a-z0-9._-]*[a-z0-9])?")) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is not a host; write default, hf.co, registry.example.com or *.example.com."
              + " Plain http and private addresses belong into registries");
    }
    return new Rule(name, port, true);
  }

  private static Origin origin(String text) {
    String bare = text.strip().replaceAll("/+$", "");
    try {
      URI uri = URI.create(bare);
      if (uri.getRawPath() != null && uri.getRawPath().isEmpty() && uri.getRawQuery() == null) {
        return Origin.of(uri).orElseThrow(() -> wrong(text));
      }
    } catch (IllegalArgumentException e) {
      throw wrong(text);
    }
    throw wrong(text);
  }

  private static IllegalArgumentException wrong(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is not an origin; write it as http://127.0.0.1:5000");
  }

  /// The same list with one more origin that the operator named.
  public Destinations and(Origin further) {
    Set<Origin> more = new HashSet<>(named);
    more.add(further);
    return new Destinations(rules, more);
  }

  /// True where the operator named this very origin: it may be private, and plain http.
  public boolean named(Origin origin) {
    return named.contains(origin);
  }

  Set<Origin> named() {
    return named;
  }

  /// True where a model's name may make us ask it.
  public boolean mayBeAsked(Origin origin) {
    return named(origin)
        || rules.stream().anyMatch(rule -> rule.askedFirst() && rule.holds(origin));
  }

  /// The same for a host as a model's name carries it: `hf.co`, `127.0.0.1:5000`.
  public boolean mayBeAsked(String host) {
    return Stream.of("https://", "http://")
        .flatMap(scheme -> Origin.of(URI.create(scheme + host)).stream())
        .anyMatch(this::mayBeAsked);
  }

  /// True where a redirect may lead to it.
  boolean mayBeLedTo(Origin origin) {
    return named(origin) || rules.stream().anyMatch(rule -> rule.holds(origin));
  }
}
