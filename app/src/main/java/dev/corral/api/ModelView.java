package dev.corral.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One model over all backends, in `GET /manage/models`.
///
/// @param digest 64 hex digits; empty where the backend tells none
/// @param size bytes on disk; 0 where unknown
/// @param contextLength tokens the model was trained for; null where unknown
/// @param backends where it lies
/// @param loadedOn where it is in memory
/// @param virtualFor for an alias: the model it means; empty for a real model
public record ModelView(
    String name,
    String digest,
    long size,
    String family,
    String parameterSize,
    String quantization,
    @Nullable Integer contextLength,
    List<String> capabilities,
    List<String> backends,
    List<String> loadedOn,
    String virtualFor,
    @Nullable Instant modifiedAt) {}
