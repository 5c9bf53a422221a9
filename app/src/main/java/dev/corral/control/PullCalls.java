package dev.corral.control;

import dev.corral.api.NewPull;
import dev.corral.api.PullView;
import dev.corral.fleet.Backend;
import dev.corral.fleet.FleetSnapshot;
import dev.corral.model.ModelName;
import dev.corral.model.PastedName;
import dev.corral.pull.Pull;
import dev.corral.pull.Pulls;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// `/manage/pulls`: the download jobs, for our own store and for nodes.
final class PullCalls {
  /// In place of a backend's name.
  private static final String ALL = "all";

  private final Pulls pulls;
  private final Supplier<FleetSnapshot> fleet;

  PullCalls(Pulls pulls, Supplier<FleetSnapshot> fleet) {
    this.pulls = pulls;
    this.fleet = fleet;
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
    String caller = question.visit().caller();
    if (on.equals(ALL)) {
      List<PullView> jobs =
          everywhere().stream().map(target -> Views.of(pulls.ask(name, target, caller))).toList();
      return new Answer.Json(202, jobs, Map.of("Location", "/manage/pulls"));
    }
    Pull job = pulls.ask(name, on.isEmpty() ? first(name) : known(on), caller);
    return new Answer.Json(202, Views.of(job), Map.of("Location", "/manage/pulls/" + job.id()));
  }

  /// Every node, and our own store where it answers; our own alone where there is none.
  private List<String> everywhere() {
    List<String> nodes = nodes().stream().map(PullCalls::target).toList();
    return nodes.isEmpty() ? List.of(Pulls.OWN) : nodes;
  }

  /// Where `POST /api/pull` would go: to who holds it, else to the first that is up.
  private String first(ModelName name) {
    List<Backend> nodes = nodes();
    return nodes.stream()
        .filter(node -> node.holds(name.shortName()))
        .findFirst()
        .or(() -> nodes.stream().filter(node -> node.state() == Backend.State.UP).findFirst())
        .or(() -> nodes.stream().findFirst())
        .map(PullCalls::target)
        .orElse(Pulls.OWN);
  }

  private List<Backend> nodes() {
    return fleet.get().open().stream().filter(Backend::ollama).toList();
  }

  private static String target(Backend node) {
    return node.target().isInside() ? Pulls.OWN : node.name();
  }

  private String known(String on) {
    if (on.equals(Pulls.OWN)) {
      return on;
    }
    Backend backend =
        fleet
            .get()
            .named(on)
            .orElseThrow(() ->
                new BadRequest(
                    "There is no backend '" + on + "'", "See them: GET /manage/backends"));
    if (!backend.ollama()) {
      throw new BadRequest(
          "The backend '" + on + "' speaks OpenAI's API, which has no pull",
          "Fetch the model there by its own means.");
    }
    return target(backend);
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
