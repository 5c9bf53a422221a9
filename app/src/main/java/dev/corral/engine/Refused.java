package dev.corral.engine;

import dev.corral.wire.Problem;

/// No runner, and why: for the caller, without paths of the disk.
public record Refused(Problem problem) implements Granted {}
