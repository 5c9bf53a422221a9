package dev.corral.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// `GET /manage/active`: the model for everybody who names none.
///
/// @param model empty for none
/// @param source `run time` (somebody chose it), `config`, or `none`
/// @param configured what the configuration says; empty for nothing
/// @param since when it was chosen at run time; else null
public record ActiveView(String model, String source, String configured, @Nullable Instant since) {

  /// Body of `PUT /manage/active`.
  ///
  /// @param model empty for what the configuration says
  public record New(String model) {}
}
