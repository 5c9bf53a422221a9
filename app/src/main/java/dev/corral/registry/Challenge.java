package dev.corral.registry;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `WWW-Authenticate: Bearer realm="…",service="…",scope="…"`: where a token is to be had.
record Challenge(URI realm, String service, String scope) {
  private static final Pattern PARAMETER = Pattern.compile("(\\w+)=\"([^\"]*)\"");

  /// Empty where the header asks for something that we cannot do.
  static Optional<Challenge> parse(String header) {
    if (!header.regionMatches(true, 0, "Bearer ", 0, "Bearer ".length())) {
      return Optional.empty();
    }
    Map<String, String> parameters = new HashMap<>();
    Matcher parameter = PARAMETER.matcher(header);
    while (parameter.find()) {
      parameters.put(parameter.group(1), parameter.group(2));
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
