package dev.corral.runner.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.runner.engine.Sampling;
import dev.corral.runner.engine.Task;
import dev.corral.runner.grammar.Converted;
import dev.corral.runner.grammar.SchemaGrammar;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How an answer is to be drawn and told, by llama-server's field names and defaults.
///
/// @param maxTokens negative: no bound
/// @param probs negative: none
/// @param returnTokens whether a whole answer lists its tokens; a stream always does
/// @param specials whether control tokens appear in the text: where `preserved_tokens` names some
/// @param mayShift false where this answer is to end when the context is full (`shift`, which
///   llama-server does not have)
record Wish(
    Sampling sampling,
    int maxTokens,
    List<String> stops,
    int keep,
    int probs,
    @Nullable String grammar,
    String cacheScope,
    boolean reuse,
    boolean stream,
    boolean returnTokens,
    boolean specials,
    boolean mayShift) {
  private static final long ANY_SEED = 0xFFFF_FFFFL;

  static Wish of(Fields fields) {
    return new Wish(
        sampling(fields),
        fields.whole(-1, -1, "n_predict", "max_completion_tokens", "max_tokens"),
        fields.texts("stop"),
        fields.whole(0, -1, "n_keep"),
        probs(fields),
        grammar(fields),
        fields.text("", "cache_scope"),
        fields.flag(true, "cache_prompt"),
        fields.flag(false, "stream"),
        fields.flag(false, "return_tokens"),
        !fields.texts("preserved_tokens").isEmpty(),
        fields.flag(true, "shift"));
  }

  private static Sampling sampling(Fields fields) {
    Sampling usual = Sampling.LLAMA_SERVER;
    return new Sampling(
        fields.real(usual.temperature(), "temperature"),
        fields.whole(usual.topK(), Integer.MIN_VALUE, "top_k"),
        fields.real(usual.topP(), "top_p"),
        fields.real(usual.minP(), "min_p"),
        fields.real(usual.typicalP(), "typical_p"),
        fields.real(usual.repeatPenalty(), "repeat_penalty"),
        fields.whole(usual.repeatLastN(), -1, "repeat_last_n"),
        fields.real(usual.presencePenalty(), "presence_penalty"),
        fields.real(usual.frequencyPenalty(), "frequency_penalty"),
        fields.whole(usual.mirostat(), 0, "mirostat"),
        fields.real(usual.mirostatTau(), "mirostat_tau"),
        fields.real(usual.mirostatEta(), "mirostat_eta"),
        seed(fields),
        fields.flag(false, "ignore_eos"));
  }

  private static long seed(Fields fields) {
    JsonNode value = fields.find("seed");
    if (value == null) {
      return -1;
    }
    if (!value.isIntegralNumber()) {
      throw Fields.wrong("seed", "must be a whole number");
    }
    long seed = value.longValue();
    return seed == ANY_SEED ? -1 : seed;
  }

  /// llama-server's `n_probs`, or OpenAI's `logprobs` of the completions.
  private static int probs(Fields fields) {
    JsonNode logprobs = fields.find("logprobs");
    int asked =
        logprobs != null && logprobs.isBoolean() ? 0 : fields.whole(0, 0, "n_probs", "logprobs");
    return asked == 0 ? -1 : asked;
  }

  /// A grammar as it is, or the one of a schema, or the one of calls (`calls`, which llama-server
  /// does not have: `{"before", "arguments", "after"}` each); a schema `{}` means any object.
  static @Nullable String grammar(Fields fields) {
    String grammar = fields.text("", "grammar");
    if (!grammar.isEmpty()) {
      return grammar;
    }
    JsonNode calls = fields.find("calls");
    if (calls != null && !calls.isEmpty()) {
      return calls(Fields.list(calls, "calls"));
    }
    JsonNode schema = fields.find("json_schema");
    return schema == null ? null : grammar(schema);
  }

  private static String calls(Iterable<JsonNode> given) {
    List<SchemaGrammar.Call> calls = new ArrayList<>();
    for (JsonNode call : given) {
      if (!call.path("before").isTextual() || !call.path("after").isTextual()) {
        throw Fields.wrong("calls", "must hold objects with before, arguments and after");
      }
      calls.add(
          new SchemaGrammar.Call(
              call.path("before").textValue(),
              call.path("arguments"),
              call.path("after").textValue()));
    }
    return text(SchemaGrammar.ofCalls(calls));
  }

  static String grammar(JsonNode schema) {
    if (schema instanceof ObjectNode object && object.isEmpty()) {
      return SchemaGrammar.anyObject();
    }
    return text(SchemaGrammar.of(schema));
  }

  private static String text(Converted converted) {
    return switch (converted) {
      case Converted.Grammar(String text, List<String> loosened) -> {
        loosened.forEach(what -> System.err.println("grammar: " + what));
        yield text;
      }
      case Converted.Refused(String reason) -> throw Refusal.invalid(reason);
    };
  }

  Wish forChat(@Nullable String grammar, int probs, boolean specials) {
    return new Wish(
        sampling,
        maxTokens,
        stops,
        keep,
        probs,
        grammar,
        cacheScope,
        reuse,
        stream,
        returnTokens,
        specials,
        mayShift);
  }

  Task.Generate task(List<Integer> prompt, boolean shift) {
    return new Task.Generate(
        prompt,
        sampling,
        maxTokens,
        stops,
        keep,
        shift && mayShift,
        probs,
        grammar,
        cacheScope,
        reuse,
        specials);
  }
}
