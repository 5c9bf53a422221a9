package dev.corral.assign;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Wanted state: the model for callers that name none, and free names for models. Immutable; a
/// changed configuration makes a new one.
///
/// @param defaultModel empty for none
/// @param defaultWords how nobody's name comes to the default model, as a clause
/// @param aliases by alias in lower case, without `:latest`
public record Assignments(String defaultModel, String defaultWords, Map<String, String> aliases) {
  private static final String LATEST = ":latest";
  private static final String NOBODY = "no model was named, so the ";

  public static Assignments of(String defaultModel, Map<String, String> aliases) {
    Map<String, String> folded = new HashMap<>();
    aliases.forEach((alias, model) -> folded.put(fold(alias), model));
    return new Assignments(
        defaultModel, NOBODY + "default '" + defaultModel + "'", Map.copyOf(folded));
  }

  /// The same with what somebody chose at run time.
  public Assignments choosing(Active active) {
    return active
        .chosen()
        .map(choice -> new Assignments(choice.model(), words(choice, active), aliases))
        .orElse(this);
  }

  private static String words(Active.Choice choice, Active active) {
    String said =
        active.configured().isEmpty()
            ? ""
            : " (the configuration says '" + active.configured() + "')";
    return NOBODY + "active model '" + choice.model() + "', chosen at run time" + said;
  }

  /// What an alias means, in any case, with or without `:latest`.
  public Optional<String> alias(String name) {
    return aliases.isEmpty() ? Optional.empty() : Optional.ofNullable(aliases.get(fold(name)));
  }

  private static String fold(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(LATEST) ? lower.substring(0, lower.length() - LATEST.length()) : lower;
  }
}
