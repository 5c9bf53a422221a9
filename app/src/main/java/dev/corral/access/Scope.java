package dev.corral.access;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What a key may do. `admin` includes everything; `manage` includes `infer` and `pull`.
public enum Scope {
  /// Ask models, and list what may be asked.
  INFER,
  /// Fetch models.
  PULL,
  /// Change models and backends, read the state of the program.
  MANAGE,
  /// Keys and settings.
  ADMIN;

  /// The scope of that name, in any case.
  public static Optional<Scope> named(String name) {
    for (Scope scope : values()) {
      if (scope.word().equals(name.toLowerCase(Locale.ROOT).strip())) {
        return Optional.of(scope);
      }
    }
    return Optional.empty();
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// True where this scope allows what that one does.
  public boolean includes(Scope other) {
    return switch (this) {
      case ADMIN -> true;
      case MANAGE -> other != ADMIN;
      case INFER, PULL -> other == this;
    };
  }

  /// This scope and all that it includes.
  public Set<Scope> implied() {
    return switch (this) {
      case INFER, PULL -> EnumSet.of(this);
      case MANAGE -> EnumSet.of(INFER, PULL, MANAGE);
      case ADMIN -> EnumSet.allOf(Scope.class);
    };
  }
}
