package dev.corral.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One download job, in `GET /manage/pulls` and in events of the topic `pull`.
///
/// @param target the backend whose store gets the model: `own` or a node's name
/// @param state `queued`, `waiting-for-approval`, `resolving`, `pulling`, `stalled`, `paused`,
///   `verifying`, `publishing`, `done`, `failed` or `cancelled`
/// @param bytesDone of all blobs; never falls
/// @param bytesTotal 0 until the manifest is known
/// @param percent of 100, with one digit behind the point
/// @param bytesPerSecond over the last seconds
/// @param etaSeconds null until it can be guessed
/// @param etaSecondsMost the end of the range at first; the same once the job goes evenly
/// @param attempt how often it was started
/// @param endedAt null while it is not over
/// @param error what went wrong and what to do; empty otherwise
/// @param cause of a failure: `missing` where there is no such model, `denied` where a registry or
///   a rule says no, `no-room` where the disk is full; empty for any other
/// @param askedBy who asked first
public record PullView(
    String id,
    String model,
    String target,
    String state,
    long bytesDone,
    long bytesTotal,
    double percent,
    long bytesPerSecond,
    @Nullable Long etaSeconds,
    @Nullable Long etaSecondsMost,
    int attempt,
    Instant startedAt,
    @Nullable Instant endedAt,
    String error,
    String cause,
    String askedBy) {}
