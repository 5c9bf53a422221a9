package dev.corral.upkeep;

import java.util.Locale;

/// One reason why a model is needed.
///
/// @param text a clause for people: `the alias 'gpt-4o' means it`
public record Use(Kind kind, String text) {
  /// What sort of need.
  public enum Kind {
    ASSIGNED,
    LOADED,
    RUNNING,
    /// In the last 24 hours.
    LATELY;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// True where the model is in use; one that only was so may go.
  public boolean holds() {
    return kind != Kind.LATELY;
  }
}
