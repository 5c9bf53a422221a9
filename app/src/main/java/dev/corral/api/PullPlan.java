package dev.corral.api;

import org.jspecify.annotations.Nullable;

/// What a pull of one model to one target would do.
///
/// @param why what configures it: `default`, `alias gpt-4o`, `MODEL_NAMES`; empty where it was
///   named
/// @param there the target has a model of that name
/// @param current what it has is what the registry has; null where that is not known
/// @param missing no registry has it
/// @param denied a rule of ours keeps from asking that registry, or it wants another key
/// @param bytesTotal of the whole model; 0 where it is not known
/// @param bytesToFetch of it that the target lacks
/// @param freeBytes of the target's disk now, above the reserve; null where it is not known
/// @param freeAfter the same after the pull
/// @param verdict of a fit on this machine: `perfect`, `tight`, `partial`, `wont`, `refused`; empty
///   where it is not known
/// @param fitReason a sentence
/// @param missingBytes of memory
/// @param seconds a guess by the rate of earlier pulls; null where there were none
/// @param problem why the registry could not tell; empty otherwise
/// @param next what to do about it
public record PullPlan(
    String model,
    String target,
    String why,
    boolean there,
    @Nullable Boolean current,
    boolean missing,
    boolean denied,
    long bytesTotal,
    long bytesToFetch,
    @Nullable Long freeBytes,
    @Nullable Long freeAfter,
    String verdict,
    String fitReason,
    long missingBytes,
    @Nullable Long seconds,
    String problem,
    String next) {}
