package dev.corral.control;

import dev.corral.api.NewPull;
import dev.corral.model.ModelName;
import dev.corral.model.PastedName;
import dev.corral.pull.Pull;
import dev.corral.pull.Pulls;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// `/manage/pulls`: the download jobs of our own store.
final class PullCalls {
  private final Pulls pulls;

  PullCalls(Pulls pulls) {
    this.pulls = pulls;
  }

  Answer all(Question question) {
    return question.method().equals("POST")
        ? add(question)
        : Answer.of(pulls.all().stream().map(Views::of).toList());
  }

  private Answer add(Question question) {
    Fields fields = question.fields(NewPull.class);
    ModelName name = name(fields.text("model"));
    String on = fields.textOr("on", "");
    if (!on.isEmpty() && !on.equals(Pulls.OWN)) {
      return Answer.no(
          400,
          "Jobs go to our own store only; the node '" + on + "' fetches by itself",
          "Ask for it with POST /api/pull, or: corral pull " + name.shortName());
    }
    Pull job = pulls.ask(name, question.visit().caller());
    return new Answer.Json(202, Views.of(job), Map.of("Location", "/manage/pulls/" + job.id()));
  }

  private static ModelName name(String text) {
    ModelName name =
        switch (PastedName.read(text)) {
          case PastedName.Meant meant -> meant.name();
          case PastedName.Wrong wrong -> throw new BadRequest(wrong.why(), wrong.next());
        };
    if (name.cloud()) {
      throw new BadRequest(
          "'" + text + "' runs in a vendor's cloud and cannot be fetched", "Choose another tag.");
    }
    return name;
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
