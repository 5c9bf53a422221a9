package dev.corral.runner.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.runner.engine.Ended;
import dev.corral.runner.engine.Engine;
import dev.corral.runner.engine.Piece;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What answers of all kinds tell in the same words: times and probabilities.
final class Told {
  private static final double NANOS_IN_MILLI = 1e6;

  private Told() {}

  /// `timings` of an answer, in milliseconds.
  static ObjectNode timings(Ended ended) {
    Ended.Counts counts = ended.counts();
    int read = counts.prompt() - counts.cached();
    ObjectNode timings = Json.object();
    timings.put("cache_n", counts.cached());
    timings.put("prompt_n", read);
    speed(timings, "prompt", ended.timings().promptNanos(), read);
    timings.put("predicted_n", counts.predicted());
    speed(timings, "predicted", ended.timings().predictedNanos(), counts.predicted());
    return timings.put("wait_ms", ended.timings().waitNanos() / NANOS_IN_MILLI);
  }

  private static void speed(ObjectNode timings, String what, long nanos, int tokens) {
    double millis = nanos / NANOS_IN_MILLI;
    timings.put(what + "_ms", millis);
    timings.put(what + "_per_token_ms", tokens == 0 ? 0 : millis / tokens);
    timings.put(what + "_per_second", millis == 0 ? 0 : tokens * 1000 / millis);
  }

  /// One entry of `completion_probabilities`; the token's own first, its rivals within.
  static ObjectNode chance(Engine engine, Piece piece, Piece.Chance chance) {
    ObjectNode entry = chance(engine, piece.id(), chance.logprob());
    ArrayNode top = entry.putArray("top_logprobs");
    chance.top().forEach(rival -> top.add(chance(engine, rival.id(), rival.logprob())));
    return entry;
  }

  private static ObjectNode chance(Engine engine, int id, double logprob) {
    byte[] bytes = engine.pieces(List.of(id)).getFirst();
    ObjectNode entry = Json.object().put("id", id);
    entry.put("token", new String(bytes, StandardCharsets.UTF_8));
    ArrayNode numbers = entry.putArray("bytes");
    for (byte one : bytes) {
      numbers.add(one & 0xFF);
    }
    return entry.put("logprob", logprob);
  }
}
