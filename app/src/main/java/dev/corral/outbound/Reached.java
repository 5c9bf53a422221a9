package dev.corral.outbound;

/// What an [Ask] came to: somebody's [Response], or [NotReached].
public sealed interface Reached permits Response, NotReached {}
