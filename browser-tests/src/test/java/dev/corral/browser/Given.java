package dev.corral.browser;

import dev.corral.api.BackendView;
import dev.corral.api.EngineView;
import dev.corral.api.ModelView;
import dev.corral.api.PullView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a test finds on the page: backends and models with everything that it does not care about.
final class Given {
  private Given() {}

  static BackendView backend(String name, String state, String why, String... models) {
    return new BackendView(
        name,
        "http://" + name + ":11434",
        "ollama",
        state,
        why,
        "0.33.0",
        "config",
        1,
        0,
        List.of(models),
        List.of(),
        Instant.now());
  }

  static BackendView own(String... models) {
    return new BackendView(
        "own",
        "inside this program",
        "ollama",
        "up",
        "",
        "0.33.0",
        "engine",
        1,
        0,
        List.of(models),
        List.of(),
        Instant.now());
  }

  static EngineView engine(List<EngineView.Ended> ended) {
    return new EngineView(true, "own runner, cpu", "", List.of(), ended);
  }

  static ModelView model(String name, String... backends) {
    return model(name, List.of(backends), List.of());
  }

  static ModelView model(String name, List<String> backends, List<String> loadedOn) {
    return model(name, backends, loadedOn, "present");
  }

  /// Tracked, and on no backend.
  static ModelView missing(String name) {
    return model(name, List.of(), List.of(), "missing");
  }

  private static ModelView model(
      String name, List<String> backends, List<String> loadedOn, String state) {
    return new ModelView(
        name,
        "a".repeat(64),
        1_300_000_000,
        "llama",
        "1.2B",
        "Q4_K_M",
        131_072,
        List.of("completion", "tools"),
        backends,
        loadedOn,
        "",
        Instant.now(),
        state,
        true,
        false,
        false,
        "",
        List.of(),
        List.of(),
        null,
        null,
        null);
  }

  static Map<String, Object> loaded(String name, long size, long onGpu, Instant leaves) {
    return Map.of(
        "name",
        name,
        "model",
        name,
        "size",
        size,
        "size_vram",
        onGpu,
        "context_length",
        4096,
        "expires_at",
        leaves.toString());
  }

  static PullView pull(String state, double percent, @Nullable Long eta, String error) {
    long total = 1_300_000_000;
    return new PullView(
        "7",
        "llama3.2:1b",
        "own",
        state,
        (long) (total * percent / 100),
        total,
        percent,
        state.equals("pulling") ? 20_000_000 : 0,
        eta,
        eta == null ? null : 2 * eta,
        1,
        Instant.now(),
        state.equals("failed") ? Instant.now() : null,
        error,
        "",
        "page");
  }

  static Map<String, Object> choice(String quantization, boolean recommended) {
    return Map.of(
        "quantization",
        quantization,
        "model",
        "hf.co/bartowski/Qwen2.5-14B-Instruct-GGUF:" + quantization,
        "sizeBytes",
        8_990_000_000L,
        "memoryBytes",
        9_800_000_000L,
        "verdict",
        "perfect",
        "reason",
        "",
        "words",
        "good quality, standard",
        "recommended",
        recommended,
        "problem",
        "");
  }

  static Map<String, Object> entry(String name, String model, String verdict) {
    return Map.of(
        "id",
        model,
        "name",
        name,
        "description",
        "Small and quick.",
        "quantizations",
        List.of(Map.of("quant", "Q4_K_M", "size_mb", 808)),
        "recommended",
        "Q4_K_M",
        "performance",
        Map.of(),
        "origin",
        "corral",
        "model",
        model,
        "fit",
        Map.of(
            "verdict",
            verdict,
            "reason",
            verdict.equals("perfect") ? "It leaves headroom." : "It needs 40 GB, 8 GB are free.",
            "next",
            "A smaller one fits: llama3.1:8b."),
        "here",
        List.of());
  }
}
