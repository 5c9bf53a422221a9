package dev.corral.api;

import java.util.List;

/// The body of `POST /manage/pulls/plan`.
///
/// @param models empty for all that is configured
/// @param on a node's name, `own`, or `all`; empty for the first that holds the model, or the first
public record PullPlanAsk(List<String> models, String on) {
  public PullPlanAsk {
    models = List.copyOf(models);
  }
}
