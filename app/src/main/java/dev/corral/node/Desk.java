package dev.corral.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.corral.dialect.GoTexts;
import dev.corral.engine.Granted;
import dev.corral.engine.Lease;
import dev.corral.engine.Load;
import dev.corral.engine.Runners;
import dev.corral.model.ModelName;
import dev.corral.upstream.CallerLeft;
import dev.corral.upstream.Upstream;
import dev.corral.wire.Tenant;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// Where every answer of a model begins: the model by its name, what it can, a runner for it.
///
/// @param clock for the dates in answers, and for templates that ask
public record Desk(Library library, Runners runners, Upstream upstream, Clock clock) {
  private static final JsonNode ANY_OBJECT =
      JsonNodeFactory.instance.objectNode().put("type", "object");

  private static final int MOST_TOP_LOGPROBS = 20;

  /// How a call says that there is no such model.
  enum Missing {
    /// `model 'X' not found`.
    PLAIN,
    /// `model "X" not found, try pulling it first`.
    TRY_PULLING;

    Refused of(String asked) {
      return new Refused(
          404,
          this == PLAIN
              ? "model '" + asked + "' not found"
              : "model \"" + asked + "\" not found, try pulling it first");
    }
  }

  /// @param unnamed the answer where no name is given
  Known require(String asked, Missing missing, Refused unnamed) {
    if (asked.isEmpty()) {
      throw unnamed;
    }
    ModelName name =
        ModelName.parse(asked).orElseThrow(() -> new Refused(400, "invalid model name"));
    Known known = library.find(name).orElseThrow(() -> missing.of(asked));
    if (known.stored().config().remote()) {
      throw new Refused(403, "ollama cloud is disabled: remote model is unavailable");
    }
    return known;
  }

  /// Refuses what the model cannot, in Ollama's words.
  ///
  /// @param verb what was asked of it: `chat`, `generate`
  static void check(Known model, String asked, String verb, List<String> wanted) {
    if (!model.can("completion")) {
      throw new Refused(400, "\"" + asked + "\" does not support " + verb);
    }
    List<String> lacking = wanted.stream().filter(one -> !model.can(one)).toList();
    if (!lacking.isEmpty()) {
      ModelName name = model.stored().name();
      throw new Refused(
          400,
          String.join("/", name.host(), name.namespace(), name.model())
              + ":"
              + name.tag()
              + " does not support "
              + String.join("\n", lacking));
    }
  }

  /// What a request wants of thinking: where it says nothing, a model that can think does.
  ///
  /// @param relaxed a wish that cannot be had is passed over
  static @Nullable Think think(Known model, String asked, @Nullable Think given, boolean relaxed) {
    if (model.can("thinking")) {
      return given == null ? Think.YES : given;
    }
    if (given != null && given.wanted()) {
      if (relaxed) {
        return null;
      }
      throw new Refused(400, "\"" + asked + "\" does not support thinking");
    }
    return given;
  }

  /// Waits for a runner. A caller who leaves is out of the queue at once.
  Runner lease(Known model, Options options, @Nullable Duration keepAlive, Turn turn) {
    Path weights =
        model
            .stored()
            .weights()
            .orElseThrow(() ->
                new Refused(
                    500,
                    "the weights of '"
                        + model.stored().name().shortName()
                        + "' are not here, or not in GGUF format; pull or create the model again"));
    Load load =
        new Load(
            model.stored().name().shortName(),
            model.stored().digest().hex(),
            weights,
            new ArrayList<>(model.stored().adapters()),
            options.load(),
            keepAlive);
    CompletableFuture<Granted> asked = runners.lease(load);
    turn.onCancel(() -> asked.cancel(false));
    try {
      return switch (asked.get()) {
        case Lease lease -> new Runner(upstream, lease, turn);
        case dev.corral.engine.Refused no ->
            throw new Refused(no.problem().status(), no.problem().text());
      };
    } catch (CancellationException e) {
      throw new CallerLeft();
    } catch (InterruptedException e) {
      asked.cancel(false);
      Thread.currentThread().interrupt();
      throw new Refused(503, "this server is stopping");
    } catch (ExecutionException e) {
      throw new IllegalStateException("the engine answers with a value", e);
    }
  }

  /// The schema that a request's `format` stands for; null where it has none.
  static @Nullable JsonNode schema(@Nullable JsonNode format) {
    if (format == null || (format.isTextual() && format.textValue().isEmpty())) {
      return null;
    }
    if (format.isObject()) {
      return format;
    }
    if (format.isTextual() && format.textValue().equals("json")) {
      return ANY_OBJECT;
    }
    throw new Refused(
        500,
        "invalid format: "
            + GoTexts.quoted(format.toString())
            + "; expected \"json\" or a valid JSON Schema object");
  }

  static int topLogprobs(@Nullable Integer given) {
    int top = given == null ? 0 : given;
    if (top < 0 || top > MOST_TOP_LOGPROBS) {
      throw new Refused(400, "top_logprobs must be between 0 and " + MOST_TOP_LOGPROBS);
    }
    return top;
  }

  static String tenant(Turn turn) {
    String header = Tenant.HEADER.toLowerCase(Locale.ROOT);
    return turn.asked().headers().getOrDefault(header, Tenant.ANYBODY);
  }
}
