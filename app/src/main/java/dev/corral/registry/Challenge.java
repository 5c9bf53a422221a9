package dev.corral.registry;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `WWW-Authenticate: Bearer realm="…",service="…",scope="…"`: where a token is to be had.
record Challenge(URI realm, String service, String scope) {
  private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"");
  private static final Pattern SCHEME = Pattern.compile("(?i)(?:^|,)\\s*Bearer\\s+");
  private static final Pattern PARAMETER =
      Pattern.compile("\\G\\s*,?\\s*(\\w+)\\s*=\\s*(?:\"([^\"]*)\"|([^\\s\",]+))");

  /// Empty where the header asks for nothing that we can do. Other schemes may stand beside it.
  static Optional<Challenge> parse(String header) {
    // What looks like a scheme within quotes is none.
    String masked =
        QUOTED.matcher(header).replaceAll(quoted -> "x".repeat(quoted.group().length()));
    Matcher scheme = SCHEME.matcher(masked);
    if (!scheme.find()) {
      return Optional.empty();
    }
    Map<String, String> parameters = new HashMap<>();
    Matcher parameter = PARAMETER.matcher(header);
    parameter.region(scheme.end(), header.length());
    while (parameter.find()) {
      String value = parameter.group(2) == null ? parameter.group(3) : parameter.group(2);
      parameters.putIfAbsent(parameter.group(1).toLowerCase(Locale.ROOT), value);
    }
    try {
      URI realm = URI.create(parameters.getOrDefault("realm", ""));
      return realm.getHost() == null || realm.getRawFragment() != null
          ? Optional.empty()
          : Optional.of(
              new Challenge(
                  realm,
                  parameters.getOrDefault("service", ""),
                  parameters.getOrDefault("scope", "")));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// The address to ask, with service and scopes.
  URI address() {
    StringBuilder query = new StringBuilder();
    add(query, "service", service);
    for (String one : scope.split(" ", -1)) {
      add(query, "scope", one);
    }
    String mark = realm.getRawQuery() == null ? "?" : "&";
    return query.isEmpty() ? realm : URI.create(realm + mark + query);
  }

  private static void add(StringBuilder query, String name, String value) {
    if (!value.isEmpty()) {
      query.append(query.isEmpty() ? "" : "&").append(name).append('=');
      query.append(URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20"));
    }
  }
}
