package dev.corral.control;

import dev.corral.fleet.Backend;
import dev.corral.ollama.Management;
import dev.corral.route.Asked;
import dev.corral.route.Decision;
import dev.corral.route.Plan;
import dev.corral.route.Refusal;
import dev.corral.route.Router;
import dev.corral.upstream.Target;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Takes models into a node's memory and out of it, by Ollama's own way to say so: a question
/// without a prompt, and a time to stay.
final class Memory {
  /// A model of 100 GB from a slow disk.
  static final Duration MOST_LOADING = Duration.ofMinutes(30);

  private final LibraryParts parts;

  Memory(LibraryParts parts) {
    this.parts = parts;
  }

  /// Answers when the model is in memory.
  Answer load(Question question) {
    String asked = question.segment();
    Decision decision =
        Router.plan(new Asked(asked, false), parts.fleet().snapshot(), parts.assignments().get());
    return switch (decision) {
      case Refusal no -> Answer.no(404, no.why(), no.next());
      case Plan plan -> {
        Backend backend = plan.candidates().getFirst().backend();
        yield backend.holds(plan.model())
            ? told(backend, plan.model(), "load", this::load)
            : ModelCalls.unknown(asked);
      }
    };
  }

  /// Answers when no node has it in memory any more.
  Answer unload(Question question) {
    String asked = question.segment();
    String model = parts.assignments().get().alias(asked).orElse(asked);
    List<Backend> backends = parts.fleet().snapshot().open();
    if (backends.stream().noneMatch(backend -> backend.holds(model))) {
      return ModelCalls.unknown(asked);
    }
    Answer answer = new Answer.Done();
    for (Backend backend : backends) {
      if (backend.ollama() && backend.holds(model) && answer instanceof Answer.Done) {
        answer = told(backend, model, "unload", this::unload);
      }
    }
    return answer;
  }

  private Answer told(Backend backend, String model, String what, Touch touch) {
    Optional<String> wrong = touch.of(backend.target(), model, false).problem();
    if (wrong.isPresent() && wrong.get().contains("does not support generate")) {
      wrong = touch.of(backend.target(), model, true).problem();
    }
    parts.fleet().look(backend.name());
    return wrong
        .map(why ->
            Answer.no(
                502,
                "The backend '" + backend.name() + "' did not " + what + " '" + model + "': " + why,
                "How it is: corral backends test " + backend.name()))
        .orElseGet(Answer.Done::new);
  }

  /// A call that loads a model, or unloads it.
  @FunctionalInterface
  private interface Touch {
    Management.Reply of(Target target, String model, boolean embeds);
  }

  private Management.Reply load(Target target, String model, boolean embeds) {
    return parts.nodes().load(target, model, embeds, MOST_LOADING);
  }

  private Management.Reply unload(Target target, String model, boolean embeds) {
    return parts.nodes().unload(target, model, embeds, MOST_LOADING);
  }
}
