package dev.corral.engine;

import java.util.List;

/// What a runner said when it was ready.
///
/// @param contextLength tokens for each request; what was asked for, cut to what the model was
///   trained for
/// @param trainedContext tokens that the model was trained for; 0 where it does not say
/// @param slots requests that it answers at once
/// @param embeddingLength width of its vectors; 0 where the runner does not say
/// @param embeds true for a model that pools: it answers `/embedding`, and no text
/// @param kind ours, or the user's own llama-server
/// @param devices what it computes on; empty where the runner does not say
/// @param build which natives it runs; empty where the runner does not say
public record Facts(
    int contextLength,
    int trainedContext,
    int slots,
    int embeddingLength,
    boolean embeds,
    Kind kind,
    List<Device> devices,
    String build) {
  /// What a runner is.
  public enum Kind {
    /// Knows `cache_scope`, so that callers may share a runner without sharing cached prompts.
    OURS,
    LLAMA_SERVER
  }

  /// @param totalBytes of its memory; 0 where unknown
  /// @param gpu false for the host
  public record Device(String name, long totalBytes, boolean gpu) {}

  boolean onGpu() {
    return devices.stream().anyMatch(Device::gpu);
  }

  public Facts {
    devices = List.copyOf(devices);
  }
}
