package dev.corral.engine;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/// How models are run here.
///
/// @param enabled `auto` (where no backend is named or found), `true` (beside the backends) or
///   `false`
/// @param natives `auto`, `cpu`, `vulkan`, `cuda` or `metal`
/// @param gpuBlocks blocks on GPUs: `auto` or a number
/// @param parallel requests that a runner answers at once: `auto` or a number
/// @param unified the slots of a runner share one cache
/// @param keepAlive how long an idle model stays, for requests that do not say: `5m`, `0`, `-1`
/// @param maxLoaded models in memory at once
/// @param memory share of what is free at load that models may take
/// @param threads for one runner: `auto` or a number
/// @param contextLength tokens for each request that does not say: `auto` or a number
/// @param llamaServer path of the user's own llama-server; empty for our runner
public record EngineSettings(
    String enabled,
    String natives,
    String gpuBlocks,
    String parallel,
    boolean unified,
    String keepAlive,
    int maxLoaded,
    String memory,
    String threads,
    String contextLength,
    String llamaServer) {
  private static final String AUTO = "auto";
  private static final List<String> ENABLED = List.of(AUTO, "true", "false");
  private static final List<String> NATIVES = List.of(AUTO, "cpu", "vulkan", "cuda", "metal");

  /// What Ollama takes on machines without a large GPU (reference/ollama.md section 8).
  private static final int USUAL_CONTEXT = 4096;

  /// Far beyond any model; keeps sums of cells below 2^31.
  private static final int MOST_CONTEXT = 1 << 24;

  private static final int MOST_PARALLEL = 64;
  private static final int MOST_THREADS = 1024;
  private static final int MOST_BLOCKS = 100_000;
  private static final int MOST_LOADED = 1000;

  public static EngineSettings defaults() {
    return new EngineSettings(AUTO, AUTO, AUTO, AUTO, true, "5m", 3, "80%", AUTO, AUTO, "");
  }

  public EngineSettings {
    oneOf("enabled", enabled, ENABLED);
    oneOf("natives", natives, NATIVES);
    number("gpu-blocks", gpuBlocks, 0, MOST_BLOCKS);
    number("parallel", parallel, 1, MOST_PARALLEL);
    number("threads", threads, 1, MOST_THREADS);
    number("context-length", contextLength, 1, MOST_CONTEXT);
    keepAlive("keep-alive", keepAlive);
    if (maxLoaded < 1 || maxLoaded > MOST_LOADED) {
      throw new IllegalArgumentException("max-loaded must be at least 1, not " + maxLoaded);
    }
    share(memory);
  }

  /// Empty for `auto`.
  public OptionalInt parallelSlots() {
    return number("parallel", parallel, 1, MOST_PARALLEL);
  }

  OptionalInt blocksOnGpu() {
    return number("gpu-blocks", gpuBlocks, 0, MOST_BLOCKS);
  }

  OptionalInt threadCount() {
    return number("threads", threads, 1, MOST_THREADS);
  }

  /// Tokens for a request that does not say.
  public int defaultContext() {
    return number("context-length", contextLength, 1, MOST_CONTEXT).orElse(USUAL_CONTEXT);
  }

  /// How long an idle runner stays where no request said; negative for ever.
  public Duration idleTime() {
    return keepAlive("keep-alive", keepAlive);
  }

  /// Between 0 and 1.
  double memoryShare() {
    return share(memory);
  }

  private static void oneOf(String name, String value, List<String> allowed) {
    if (!allowed.contains(value)) {
      throw new IllegalArgumentException(
          name + " is one of " + String.join(", ", allowed) + ", not '" + value + "'");
    }
  }

  private static OptionalInt number(String name, String text, int least, int most) {
    String value = text.strip();
    if (value.equals(AUTO)) {
      return OptionalInt.empty();
    }
    if (value.matches("\\d{1,9}")
        && Integer.parseInt(value) >= least
        && Integer.parseInt(value) <= most) {
      return OptionalInt.of(Integer.parseInt(value));
    }
    throw new IllegalArgumentException(
        name + " is auto or a number from " + least + " to " + most + ", not '" + text + "'");
  }

  private static Duration keepAlive(String name, String text) {
    try {
      return KeepAlive.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }

  private static double share(String text) {
    String value = text.strip().toLowerCase(Locale.ROOT);
    if (value.matches("\\d{1,3}%")) {
      int percent = Integer.parseInt(value.substring(0, value.length() - 1));
      if (percent >= 1 && percent <= 100) {
        return percent / 100.0;
      }
    }
    throw new IllegalArgumentException(
        "memory is a share of what is free at load, 1% to 100%, not '" + text + "'");
  }
}
