package dev.corral.control;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.api.PullCheck;
import dev.corral.fleet.Backend;
import dev.corral.model.ModelName;
import dev.corral.ollama.Management;
import dev.corral.ollama.Management.Reply;
import dev.corral.pull.Pulls;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `/manage/pulls/check`: has a model answer on the very backend that it was pulled to, which the
/// router might not choose.
final class Trial {
  private final LibraryParts parts;

  Trial(LibraryParts parts) {
    this.parts = parts;
  }

  Answer check(Question question) {
    Fields fields = question.fields(PullCheck.Ask.class);
    ModelName name = PullTargets.name(fields.text("model"));
    String on = fields.textOr("on", "");
    return backend(name, on)
        .map(backend -> Answer.of(tried(backend, name.shortName())))
        .orElseGet(() ->
            on.isEmpty()
                ? ModelCalls.unknown(name.shortName())
                : Answer.no(
                    404,
                    "There is no backend '" + on + "' that could answer",
                    "See them: corral backends list"));
  }

  private Optional<Backend> backend(ModelName name, String on) {
    List<Backend> all =
        parts.fleet().snapshot().backends().stream().filter(Backend::ollama).toList();
    return all.stream()
        .filter(one -> on.isEmpty() ? one.holds(name.shortName()) : isCalled(one, on))
        .findFirst();
  }

  private static boolean isCalled(Backend backend, String on) {
    return on.equals(Pulls.OWN) ? backend.target().isInside() : backend.name().equals(on);
  }

  private PullCheck tried(Backend backend, String model) {
    return switch (parts.nodes().show(backend.target(), model)) {
      case Reply.Told told when told.good() -> tried(backend, model, told.tree());
      case Reply reply -> bad(backend, model, null, reply.problem().orElse(""));
    };
  }

  private PullCheck tried(Backend backend, String model, JsonNode shown) {
    boolean embeds = Management.embeds(shown);
    Boolean template = embeds ? null : !shown.path("template").asText().isBlank();
    Optional<String> cannot =
        parts.nodes().load(backend.target(), model, embeds, Memory.MOST_LOADING).problem();
    if (cannot.isPresent()) {
      return bad(backend, model, template, cannot.get());
    }
    Optional<String> silent =
        parts.nodes().answer(backend.target(), model, embeds, Memory.MOST_LOADING);
    return new PullCheck(
        model, backend.name(), true, template, silent.isEmpty(), silent.orElse(""));
  }

  private static PullCheck bad(
      Backend backend, String model, @Nullable Boolean template, String why) {
    return new PullCheck(model, backend.name(), false, template, false, why);
  }
}
