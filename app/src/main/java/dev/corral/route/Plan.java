package dev.corral.route;

import dev.corral.fleet.Backend;
import java.util.List;

/// Who answers a request: candidates in order, each with its reason.
///
/// @param asked the name as the caller wrote it; empty for none
/// @param model the name that it came to, as it is sent to the backend
/// @param rewritten true where the request's own name must be replaced by `model`
/// @param steps how the name was resolved, one sentence each
public record Plan(
    String asked, String model, boolean rewritten, List<String> steps, List<Candidate> candidates)
    implements Decision {

  /// @param why short, for `X-Corral-Why` and `explain`
  public record Candidate(Backend backend, String why) {}
}
