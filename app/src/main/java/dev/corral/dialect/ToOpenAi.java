package dev.corral.dialect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.wire.Problem;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Lets callers of Ollama's API use a backend that speaks OpenAI's: vLLM, llama-server, LM Studio,
/// a cloud. What has no counterpart is left out silently, as Ollama does with options that it does
/// not know: `keep_alive`, `truncate`, `shift`, `template`, `context`, and most options (`num_ctx`
/// and whatever else is set when a model is loaded).
public final class ToOpenAi {
  private static final String[][] OPTIONS = {
    {"temperature", "temperature"},
    {"top_p", "top_p"},
    {"seed", "seed"},
    {"stop", "stop"},
    {"presence_penalty", "presence_penalty"},
    {"frequency_penalty", "frequency_penalty"}
  };

  private static final int MOST_LOGPROBS = 20;

  private final InstantSource clock;
  private final LongSupplier nanos;

  /// @param nanos a clock for durations
  public ToOpenAi(InstantSource clock, LongSupplier nanos) {
    this.clock = clock;
    this.nanos = nanos;
  }

  /// Says no to a request on its way to a backend.
  @SuppressWarnings("serial") // never leaves this class
  private static final class Refusal extends Exception {
    private final Problem problem;

    Refusal(int status, String text) {
      super(text, null, false, false);
      this.problem = Problem.of(status, text);
    }
  }

  /// Translates one call.
  ///
  /// @param peeked what was read of the body; its call is one of GENERATE, CHAT, EMBED, EMBEDDINGS
  /// @param body the same body, whole
  /// @param model the model's name at the backend
  /// @param shown the model's name in the answer
  public Translation of(Peeked.Body peeked, byte[] body, String model, String shown) {
    try {
      JsonNode asked = Trees.read(body);
      Metrics metrics = new Metrics(clock, nanos);
      OllamaFrames frames = new OllamaFrames(peeked.call(), shown, metrics);
      return switch (peeked.call()) {
        case CHAT -> chat(peeked, asked, model, frames, metrics);
        case GENERATE -> generate(peeked, asked, model, frames, metrics);
        case EMBED -> embed(asked, model, shown);
        case EMBEDDINGS -> embeddings(asked, model);
        default -> throw new IllegalArgumentException(peeked.call() + " cannot be translated");
      };
    } catch (Refusal no) {
      return new Translation.Refused(no.problem);
    } catch (JsonProcessingException e) {
      return new Translation.Refused(
          Problem.of(400, "This request is nested too deeply for its backend. Send a flatter one"));
    }
  }

  private static Translation chat(
      Peeked.Body peeked, JsonNode asked, String model, OllamaFrames frames, Metrics metrics)
      throws Refusal {
    JsonNode messages = asked.path("messages");
    if (!messages.isArray() && !messages.isMissingNode() && !messages.isNull()) {
      throw new Refusal(
          400,
          "json: cannot unmarshal "
              + Trees.goType(messages)
              + " into Go struct field ChatRequest.messages of type []api.Message");
    }
    if (messages.isEmpty()) {
      return new Translation.Answered(Trees.bytes(frames.idle(peeked.keepAliveZero())));
    }
    ObjectNode request = Trees.object().put("model", model);
    request.set("messages", OpenAiMessages.of(messages));
    if (asked.path("tools").isArray() && !asked.path("tools").isEmpty()) {
      request.set("tools", asked.path("tools"));
    }
    return words("/chat/completions", peeked, asked, request, frames, metrics);
  }

  private static Translation generate(
      Peeked.Body peeked, JsonNode asked, String model, OllamaFrames frames, Metrics metrics)
      throws Refusal {
    boolean raw = asked.path("raw").asBoolean();
    String prompt = Trees.text(asked.path("prompt"));
    String suffix = Trees.text(asked.path("suffix"));
    String system = Trees.text(asked.path("system"));
    boolean dressed =
        !system.isEmpty()
            || !Trees.text(asked.path("template")).isEmpty()
            || !asked.path("context").isEmpty();
    if (raw && dressed) {
      throw new Refusal(400, "raw mode does not support template, system, or context");
    }
    if (prompt.isEmpty() && suffix.isEmpty()) {
      return new Translation.Answered(Trees.bytes(frames.idle(peeked.keepAliveZero())));
    }
    ObjectNode request = Trees.object().put("model", model);
    if (raw || !suffix.isEmpty()) {
      request.put("prompt", prompt);
      if (!suffix.isEmpty()) {
        request.put("suffix", suffix);
      }
      return words("/completions", peeked, asked, request, frames, metrics);
    }
    ArrayNode messages = request.putArray("messages");
    if (!system.isEmpty()) {
      messages.addObject().put("role", "system").put("content", system);
    }
    ObjectNode user = messages.addObject().put("role", "user");
    OpenAiMessages.content(user, prompt, asked.path("images"));
    return words("/chat/completions", peeked, asked, request, frames, metrics);
  }

  /// What chat and generate have in common.
  private static Translation words(
      String path,
      Peeked.Body peeked,
      JsonNode asked,
      ObjectNode request,
      OllamaFrames frames,
      Metrics metrics)
      throws Refusal {
    options(asked.path("options"), request);
    format(asked.path("format"), request);
    String effort = effort(asked.path("think"));
    if (effort != null) {
      request.put("reasoning_effort", effort);
    }
    logprobs(asked, request, path.equals("/completions"));
    if (peeked.streamed()) {
      request.put("stream", true).putObject("stream_options").put("include_usage", true);
    }
    Translator answer =
        peeked.streamed()
            ? new FrameTranslator(frames, metrics)
            : WholeTranslator.words(frames, metrics);
    return new Translation.Ask(path, Trees.bytes(request), answer);
  }

  private static void options(JsonNode options, ObjectNode request) {
    for (String[] names : OPTIONS) {
      JsonNode value = options.path(names[0]);
      if (!value.isMissingNode() && !value.isNull()) {
        request.set(names[1], value);
      }
    }
    // Zero and below mean: as much as it takes.
    int most = options.path("num_predict").asInt();
    if (most > 0) {
      request.put("max_tokens", most);
    }
  }

  private static void format(JsonNode format, ObjectNode request) throws Refusal {
    boolean empty = format.isTextual() && format.textValue().isEmpty();
    if (empty || format.isMissingNode() || format.isNull()) {
      return;
    }
    if (format.isObject()) {
      request
          .putObject("response_format")
          .put("type", "json_schema")
          .putObject("json_schema")
          .put("name", "answer")
          .set("schema", format);
    } else if (Trees.text(format).equals("json")) {
      request.putObject("response_format").put("type", "json_object");
    } else {
      throw new Refusal(
          500,
          "invalid format: "
              + GoTexts.quoted(format.toString())
              + "; expected \"json\" or a valid JSON Schema object");
    }
  }

  /// The words of `reasoning_effort` that most servers know; null where nothing is asked.
  private static @Nullable String effort(JsonNode think) throws Refusal {
    if (think.isMissingNode() || think.isNull()) {
      return null;
    }
    if (think.isBoolean()) {
      return think.booleanValue() ? "medium" : "none";
    }
    return switch (Trees.text(think)) {
      case "low" -> "low";
      case "medium" -> "medium";
      case "high", "max" -> "high";
      default ->
          throw new Refusal(
              400,
              "invalid think value: "
                  + GoTexts.quoted(Trees.text(think))
                  + " (must be \"high\", \"medium\", \"low\", \"max\", true, or false)");
    };
  }

  private static void logprobs(JsonNode asked, ObjectNode request, boolean completion)
      throws Refusal {
    int top = asked.path("top_logprobs").asInt();
    if (top < 0 || top > MOST_LOGPROBS) {
      throw new Refusal(400, "top_logprobs must be between 0 and 20");
    }
    if (!asked.path("logprobs").asBoolean()) {
      return;
    }
    if (completion) {
      request.put("logprobs", top);
      return;
    }
    request.put("logprobs", true);
    if (top > 0) {
      request.put("top_logprobs", top);
    }
  }

  private Translation embed(JsonNode asked, String model, String shown) throws Refusal {
    JsonNode input = asked.path("input");
    boolean texts = input.isArray();
    for (JsonNode one : input) {
      texts &= one.isTextual();
    }
    if (!texts && !input.isTextual() && !input.isMissingNode() && !input.isNull()) {
      throw new Refusal(400, "invalid input type");
    }
    if (input.isArray() ? input.isEmpty() : Trees.text(input).isEmpty()) {
      ObjectNode none = Trees.object().put("model", shown);
      none.putArray("embeddings");
      return new Translation.Answered(Trees.bytes(none));
    }
    long begin = nanos.getAsLong();
    int dimensions = asked.path("dimensions").asInt();
    return ask(
        model,
        input,
        answer -> Embeddings.read(answer).embed(shown, dimensions, nanos.getAsLong() - begin));
  }

  private static Translation embeddings(JsonNode asked, String model) {
    JsonNode prompt = asked.path("prompt");
    if (Trees.text(prompt).isEmpty()) {
      ObjectNode none = Trees.object();
      none.putArray("embedding");
      return new Translation.Answered(Trees.bytes(none));
    }
    return ask(model, prompt, answer -> Embeddings.read(answer).single());
  }

  private static Translation ask(String model, JsonNode input, WholeTranslator.Turn turn) {
    ObjectNode request = Trees.object().put("model", model);
    request.set("input", input);
    request.put("encoding_format", "float");
    return new Translation.Ask("/embeddings", Trees.bytes(request), new WholeTranslator(turn));
  }
}
