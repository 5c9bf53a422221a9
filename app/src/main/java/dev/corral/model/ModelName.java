package dev.corral.model;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// A model's name as Ollama reads it: `[host/][namespace/]model[:tag]`.
///
/// | part | first character | others | length |
/// |---|---|---|---|
/// | host | letter, digit, `_` | plus `-` `.` `:` | 1 to 350 |
/// | namespace | same | plus `-` (no dot) | 1 to 80 |
/// | model, tag | same | plus `-` `.` | 1 to 80 |
///
/// Parsed from the right; the colon of the tag counts only behind the last slash. A scheme in front
/// is dropped. A digest (`@sha256:…`) is no name. Case is kept for display and ignored for equality
/// of meaning: compare [#key()]. Source: reference/ollama.md section 4.
public record ModelName(String host, String namespace, String model, String tag) {
  public static final String DEFAULT_HOST = "registry.ollama.ai";
  public static final String DEFAULT_NAMESPACE = "library";
  public static final String DEFAULT_TAG = "latest";

  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.:-]{0,349}");
  private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,79}");
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}");

  /// The name that `text` means, or empty where Ollama would answer `invalid model name`.
  public static Optional<ModelName> parse(String text) {
    String rest = text;
    int scheme = rest.indexOf("://");
    if (scheme >= 0) {
      rest = rest.substring(scheme + 3);
    }
    int lastSlash = rest.lastIndexOf('/');
    int colon = rest.lastIndexOf(':');
    String tag = DEFAULT_TAG;
    if (colon > lastSlash) {
      tag = rest.substring(colon + 1);
      rest = rest.substring(0, colon);
    }
    String[] parts = rest.split("/", -1);
    if (parts.length > 3) {
      return Optional.empty();
    }
    String model = parts[parts.length - 1];
    String namespace = parts.length > 1 ? parts[parts.length - 2] : DEFAULT_NAMESPACE;
    String host = parts.length > 2 ? parts[0] : DEFAULT_HOST;
    boolean valid =
        PART.matcher(model).matches()
            && PART.matcher(tag).matches()
            && NAMESPACE.matcher(namespace).matches()
            && HOST.matcher(host).matches();
    return valid ? Optional.of(new ModelName(host, namespace, model, tag)) : Optional.empty();
  }

  /// For display: host and namespace hidden where they are the default, the tag always shown.
  public String shortName() {
    if (!host.equalsIgnoreCase(DEFAULT_HOST)) {
      return host + "/" + namespace + "/" + model + ":" + tag;
    }
    if (!namespace.equalsIgnoreCase(DEFAULT_NAMESPACE)) {
      return namespace + "/" + model + ":" + tag;
    }
    return model + ":" + tag;
  }

  /// Two names mean the same model where their keys are equal.
  public String key() {
    return (host + "/" + namespace + "/" + model + ":" + tag).toLowerCase(Locale.ROOT);
  }

  /// True for names that a node would serve from its vendor's cloud (`x:cloud`, `x:8b-cloud`).
  public boolean cloud() {
    String folded = tag.toLowerCase(Locale.ROOT);
    return folded.equals("cloud") || folded.endsWith("-cloud");
  }

  @Override
  public String toString() {
    return shortName();
  }
}
