package dev.corral.api;

import java.util.List;

/// `GET /manage/explain?model=`: who would answer, and why.
///
/// @param asked as given
/// @param model what the name came to; empty for none
/// @param steps how the name was resolved, in order, one sentence each
/// @param candidates who would be tried, in order
/// @param refusal why nobody answers; empty where somebody does
public record Explained(
    String asked, String model, List<String> steps, List<Candidate> candidates, String refusal) {

  /// @param why the reason for its place in the order
  public record Candidate(String backend, String model, String why) {}
}
