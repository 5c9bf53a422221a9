package dev.corral.journal;

import java.util.regex.Pattern;

/// Takes keys and passwords out of text that others wrote: messages of libraries, URLs, errors of
/// backends. What we write ourselves never holds one.
final class Secrets {
  private static final String MASK = "***";

  private static final Pattern NAMED =
      Pattern.compile(
          "(?i)\\b((?:proxy-)?authorization|x-api-key|[\\w.-]*(?:password|passwd|secret|api[_-]?key"
              + "|access[_-]?key|token|credential))(\"?\\s*[=:]\\s*\"?)((?:bearer|basic)\\s+)?"
              + "[^\\s\"',;&)}\\]]+");
  private static final Pattern SCHEME = Pattern.compile("(?i)\\b(bearer|basic)\\s+[\\w.~+/=-]{8,}");
  private static final Pattern IN_URL = Pattern.compile("(?i)\\b([a-z][a-z0-9+.-]*://)[^\\s/@]+@");

  /// Keys that say what they are: ours and the usual ones of vendors.
  private static final Pattern SHAPED =
      Pattern.compile("\\b(sk-|sk_|hf_|ghp_|corral_|crl_)[\\w-]{8,}");

  private Secrets() {}

  static String masked(String text) {
    String masked = IN_URL.matcher(text).replaceAll("$1" + MASK + "@");
    masked = NAMED.matcher(masked).replaceAll("$1$2$3" + MASK);
    masked = SCHEME.matcher(masked).replaceAll("$1 " + MASK);
    return SHAPED.matcher(masked).replaceAll("$1" + MASK);
  }
}
