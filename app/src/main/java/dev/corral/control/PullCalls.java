package dev.corral.control;

import dev.corral.api.NewPull;
import dev.corral.api.PullView;
import dev.corral.model.ModelName;
import dev.corral.pull.Pull;
import dev.corral.pull.Pulls;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// `/manage/pulls`: the download jobs, for our own store and for nodes.
final class PullCalls {
  private final Pulls pulls;
  private final PullTargets targets;

  PullCalls(Pulls pulls, PullTargets targets) {
    this.pulls = pulls;
    this.targets = targets;
  }

  Answer all(Question question) {
    return question.method().equals("POST")
        ? add(question)
        : Answer.of(pulls.all().stream().map(Views::of).toList());
  }

  private Answer add(Question question) {
    Fields fields = question.fields(NewPull.class);
    ModelName name = PullTargets.name(fields.text("model"));
    String on = fields.textOr("on", "");
    List<PullView> jobs =
        targets.of(name, on).stream()
            .map(target -> Views.of(pulls.ask(name, target, question.visit().caller())))
            .toList();
    return on.equals(PullTargets.ALL)
        ? new Answer.Json(202, jobs, Map.of("Location", "/manage/pulls"))
        : new Answer.Json(
            202, jobs.getFirst(), Map.of("Location", "/manage/pulls/" + jobs.getFirst().id()));
  }

  /// One job: looked at, or cancelled.
  Answer one(Question question) {
    String id = question.segment();
    return question.method().equals("DELETE")
        ? changed(id, pulls::cancel, "cancelled")
        : pulls.find(id).map(pull -> Answer.of(Views.of(pull))).orElseGet(() -> unknown(id));
  }

  Answer pause(Question question) {
    return changed(question.segment(), pulls::pause, "paused");
  }

  Answer resume(Question question) {
    return changed(question.segment(), pulls::resume, "resumed");
  }

  Answer approve(Question question) {
    return changed(question.segment(), pulls::approve, "approved");
  }

  private Answer changed(String id, Predicate<String> change, String what) {
    if (change.test(id)) {
      return pulls.find(id).map(pull -> Answer.of(Views.of(pull))).orElseGet(() -> unknown(id));
    }
    Optional<Pull> there = pulls.find(id);
    return there
        .map(pull ->
            Answer.no(
                409,
                "This pull is over (" + pull.state().word() + "), so it cannot be " + what,
                "Start anew with: corral pull " + pull.model().shortName()))
        .orElseGet(() -> unknown(id));
  }

  private static Answer unknown(String id) {
    return Answer.no(404, "There is no pull '" + id + "'", "See them: GET /manage/pulls");
  }
}
