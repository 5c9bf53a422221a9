package dev.corral.model;

import java.util.Locale;
import java.util.Optional;

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

  private static final String HIDDEN_NAMESPACE = "corral";
  private static final String HIDDEN_MODEL = "anchor";

  private static final int LONGEST_HOST = 350;
  private static final int LONGEST_PART = 80;

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
        fits(model, LONGEST_PART, ".-")
            && fits(tag, LONGEST_PART, ".-")
            && fits(namespace, LONGEST_PART, "-")
            && fits(host, LONGEST_HOST, ".:-");
    return valid ? Optional.of(new ModelName(host, namespace, model, tag)) : Optional.empty();
  }

  /// By hand, because every request asks it: a regular expression cost a tenth of all our work.
  ///
  /// @param further what may stand behind the first character beside letters, digits and `_`
  private static boolean fits(String part, int longest, String further) {
    if (part.isEmpty() || part.length() > longest) {
      return false;
    }
    for (int i = 0; i < part.length(); i++) {
      char c = part.charAt(i);
      boolean word =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      if (!word && (i == 0 || further.indexOf(c) < 0)) {
        return false;
      }
    }
    return true;
  }

  /// The name under which Corral keeps what another name meant before; no listing shows it.
  ///
  /// @param tag by the grammar of a tag
  public static ModelName anchor(String tag) {
    return new ModelName(DEFAULT_HOST, HIDDEN_NAMESPACE, HIDDEN_MODEL, tag);
  }

  /// True for a name that [#anchor] makes.
  public boolean hidden() {
    return namespace.equalsIgnoreCase(HIDDEN_NAMESPACE)
        && model.equalsIgnoreCase(HIDDEN_MODEL)
        && host.equalsIgnoreCase(DEFAULT_HOST);
  }

  /// The same for a name as somebody wrote it; cheap, since every listing asks it of every entry.
  public static boolean hidden(String text) {
    int last = text.length() - HIDDEN_MODEL.length();
    for (int i = 0; i <= last; i++) {
      if (text.regionMatches(true, i, HIDDEN_MODEL, 0, HIDDEN_MODEL.length())) {
        return parse(text).filter(ModelName::hidden).isPresent();
      }
    }
    return false;
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
