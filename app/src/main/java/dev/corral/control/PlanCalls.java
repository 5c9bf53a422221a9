package dev.corral.control;

import dev.corral.access.Route;
import dev.corral.api.PullPlan;
import dev.corral.api.PullPlanAsk;
import dev.corral.door.Visit;
import dev.corral.model.ModelName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// `/manage/pulls/plan`: what pulls would do, without doing it.
public final class PlanCalls implements CallGroup {
  /// Who finds out what a pull would do; blocks.
  @FunctionalInterface
  public interface Planner {
    /// @param why what configures it; empty where somebody named it
    /// @return one plan for each of the targets, in their order
    List<PullPlan> plan(ModelName name, List<String> targets, String why);
  }

  private final Planner planner;
  private final PullTargets targets;
  private final Supplier<Map<ModelName, String>> configured;

  /// @param configured all models that the configuration names, each with what names it
  public PlanCalls(
      Planner planner, PullTargets targets, Supplier<Map<ModelName, String>> configured) {
    this.planner = planner;
    this.targets = targets;
    this.configured = configured;
  }

  @Override
  public Map<Route, Visit.Visitor> visitors() {
    return Map.of(Route.M_PULL_PLAN, Calls.calling(this::plan));
  }

  private Answer plan(Question question) {
    Fields fields = question.fields(PullPlanAsk.class);
    List<String> named = fields.words("models");
    String on = fields.textOr("on", "");
    List<PullPlan> plans = new ArrayList<>();
    if (named.isEmpty()) {
      configured.get().forEach((name, why) -> plans.addAll(plans(name, on, why)));
    } else {
      named.forEach(text -> plans.addAll(plans(PullTargets.name(text), on, "")));
    }
    return Answer.of(plans);
  }

  private List<PullPlan> plans(ModelName name, String on, String why) {
    return planner.plan(name, targets.of(name, on), why);
  }
}
