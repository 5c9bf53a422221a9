package dev.corral.wire;

/// Whose request it is that goes to a backend inside this program: what was computed for one caller
/// is never shown to another. Callers cannot say it themselves, since no header of theirs that
/// begins with `X-Corral-` travels.
public final class Tenant {
  public static final String HEADER = "X-Corral-Tenant";

  /// Everybody, while no keys are in force.
  public static final String ANYBODY = "local";

  private Tenant() {}
}
