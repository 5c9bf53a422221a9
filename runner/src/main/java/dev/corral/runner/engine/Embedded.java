package dev.corral.runner.engine;

import java.util.List;

/// The vectors of a [Task.Embed], in the order of its inputs.
///
/// @param vectors for each input one row, or one row for each token where the model pools nothing;
///   as the model computed them, not normalised
/// @param tokens tokens of all inputs together
/// @param nanos from the first step to the last
public record Embedded(List<List<float[]>> vectors, int tokens, long nanos) {}
