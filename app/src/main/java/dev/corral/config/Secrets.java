package dev.corral.config;

import java.util.Set;
import java.util.regex.Pattern;

/// What of a value may be shown.
final class Secrets {
  private static final String MASK = "****";
  private static final Set<String> WORDS = Set.of("key", "token", "password", "secret");
  private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/@\\s]+(?=@)");
  private static final Pattern PARAMETER =
      Pattern.compile("(?i)([?&;](?:ssl)?(?:key|token|password|secret)=)[^&;\\s]*");

  private Secrets() {}

  /// @param key dotted; its last word says whether all of the value is secret
  static String masked(String key, String value) {
    String last = key.substring(Math.max(key.lastIndexOf('.'), key.lastIndexOf('-')) + 1);
    if (WORDS.contains(last) && !value.isEmpty()) {
      return MASK;
    }
    return PARAMETER.matcher(USER_INFO.matcher(value).replaceAll(MASK)).replaceAll("$1" + MASK);
  }
}
