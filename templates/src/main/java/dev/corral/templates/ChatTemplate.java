package dev.corral.templates;

import java.time.Clock;

/// A compiled chat template of either language. Immutable; any number of threads may render it.
public interface ChatTemplate {
  /// The prompt for this input.
  ///
  /// @param clock tells the date to templates that ask
  Rendered render(ChatInput input, Limits limits, Clock clock);
}
