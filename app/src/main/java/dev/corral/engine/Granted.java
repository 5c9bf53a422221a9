package dev.corral.engine;

/// What a caller gets who asked for a runner.
public sealed interface Granted permits Lease, Refused {}
