package dev.corral.api;

import java.util.List;

/// Answer of `/manage/checks/check`.
///
/// @param good true where all that is configured is here, whole and answers
public record Checked(boolean good, List<Model> models) {
  /// @param as what names it: `default`, `alias gpt-4o`
  /// @param on the backends that have it
  /// @param problem what is wrong and what to do; empty where all is well
  public record Model(
      String model,
      String as,
      List<String> on,
      boolean here,
      boolean whole,
      boolean answers,
      String problem) {
    public Model {
      on = List.copyOf(on);
    }
  }

  public Checked {
    models = List.copyOf(models);
  }
}
