package dev.corral.fit;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/// How a model sits on a machine.
public enum Verdict {
  /// Leaves headroom.
  PERFECT,
  /// Works, little is left.
  TIGHT,
  /// Some blocks compute on the host, slowly.
  PARTIAL,
  /// Not even so.
  WONT,
  /// The engine says no to the model or the settings; there are no figures.
  REFUSED;

  /// As it is written, in lower case.
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// True where the model would answer.
  public boolean runs() {
    return this != WONT && this != REFUSED;
  }
}
