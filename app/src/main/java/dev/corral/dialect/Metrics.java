package dev.corral.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/// Counts and durations of one answer: what the backend tells, else what we measured. Only
/// llama-server tells times (`timings`).
final class Metrics {
  private static final double NANOS_PER_MILLI = 1e6;

  private final InstantSource clock;
  private final LongSupplier nanos;
  private final long begin;
  private long first = -1;
  private long last;
  private long pieces;
  private long promptTokens = -1;
  private long answerTokens = -1;
  private long promptNanos = -1;
  private long answerNanos = -1;

  Metrics(InstantSource clock, LongSupplier nanos) {
    this.clock = clock;
    this.nanos = nanos;
    this.begin = nanos.getAsLong();
  }

  String now() {
    return clock.instant().toString();
  }

  /// A piece of a streamed answer has come.
  void piece() {
    last = nanos.getAsLong();
    if (pieces++ == 0) {
      first = last;
    }
  }

  /// Reads what a frame or an answer tells about its cost.
  void read(JsonNode tree) {
    JsonNode usage = tree.path("usage");
    promptTokens = usage.path("prompt_tokens").asLong(promptTokens);
    answerTokens = usage.path("completion_tokens").asLong(answerTokens);
    JsonNode timings = tree.path("timings");
    promptNanos = nanos(timings.path("prompt_ms"), promptNanos);
    answerNanos = nanos(timings.path("predicted_ms"), answerNanos);
  }

  private static long nanos(JsonNode millis, long known) {
    return millis.isNumber() ? Math.round(millis.doubleValue() * NANOS_PER_MILLI) : known;
  }

  /// Of a streamed answer the first piece divides reading from writing; of a whole one nothing
  /// does, so all its time counts as writing.
  void writeTo(ObjectNode done) {
    long total = nanos.getAsLong() - begin;
    long counted = answerTokens > 0 || pieces == 0 ? answerTokens : pieces;
    done.put("total_duration", total);
    put(done, "prompt_eval_count", promptTokens);
    put(done, "prompt_eval_duration", known(promptNanos, first < 0 ? -1 : first - begin));
    put(done, "eval_count", counted);
    put(done, "eval_duration", known(answerNanos, first < 0 ? total : last - first));
  }

  private static long known(long told, long measured) {
    return told >= 0 ? told : measured;
  }

  private static void put(ObjectNode done, String key, long value) {
    if (value >= 0) {
      done.put(key, value);
    }
  }
}
