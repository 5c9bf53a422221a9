package dev.corral.runner.llama;

/// What a [Context] is made with; the codes are those of llama.h.
///
/// @param length tokens of its memory, all sequences together; 0: as trained
/// @param typeK `enum ggml_type` of the keys
/// @param outputsPerSequence the most outputs of one sequence in a step; 0: no limit
public record ContextSettings(
    int length,
    int batch,
    int microBatch,
    int sequences,
    int pooling,
    int flashAttention,
    int typeK,
    int typeV,
    boolean unified,
    int outputsPerSequence) {}
