package dev.corral.control;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.fleet.Backend;
import dev.corral.route.Asked;
import dev.corral.route.Decision;
import dev.corral.route.Plan;
import dev.corral.route.Refusal;
import dev.corral.route.Router;
import dev.corral.upstream.CallFailed;
import dev.corral.upstream.Talk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Takes models into a node's memory and out of it, by Ollama's own way to say so: a question
/// without a prompt, and a time to stay.
final class Memory {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Map<String, String> HEADERS = Map.of("Content-Type", "application/json");

  /// An error text of a node is short.
  private static final int MOST_TOLD = 2_000;

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
            ? told(backend, plan.model(), "load", -1)
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
        answer = told(backend, model, "unload", 0);
      }
    }
    return answer;
  }

  /// @param stay seconds to stay in memory; below 0 for what the node is used to
  private Answer told(Backend backend, String model, String what, int stay) {
    ObjectNode body = JSON.createObjectNode().put("model", model).put("stream", false);
    if (stay >= 0) {
      body.put("keep_alive", stay);
    }
    Optional<String> wrong = asked(backend, "/api/generate", body);
    if (wrong.isPresent() && wrong.get().contains("does not support generate")) {
      // A model for embeddings is loaded by a text that has nothing in it.
      wrong = asked(backend, "/api/embed", body.put("input", ""));
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

  /// What went wrong, as the node says it.
  private Optional<String> asked(Backend backend, String path, ObjectNode body) {
    byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
    try (Talk talk = parts.upstream().talk(backend.target(), "POST", path, HEADERS, bytes)) {
      int status = talk.head().status();
      String answer = new String(talk.body().readNBytes(MOST_TOLD), StandardCharsets.UTF_8);
      return status < 300 ? Optional.empty() : Optional.of(error(answer, status));
    } catch (CallFailed e) {
      return Optional.of(e.failure().why());
    } catch (IOException e) {
      return Optional.of("the answer broke off");
    }
  }

  private static String error(String answer, int status) {
    try {
      String text = JSON.readTree(answer).path("error").asText("");
      return text.isEmpty() ? "status " + status : text;
    } catch (IOException e) {
      return "status " + status;
    }
  }
}
