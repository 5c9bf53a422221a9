package dev.corral.metric;

import java.time.Duration;

/// What is so at this moment, as the rooms tell it when somebody reads the metrics.
///
/// @param version Corral's own
/// @param open exchanges in flight
/// @param waiting exchanges that wait for a place
/// @param heldBytes request bodies held, over all callers
/// @param lostLogEntries log entries that could not be written, since the start
public record Gauges(
    String version, Duration uptime, int open, int waiting, long heldBytes, long lostLogEntries) {}
