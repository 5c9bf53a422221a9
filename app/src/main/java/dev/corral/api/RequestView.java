package dev.corral.api;

import java.time.Instant;

/// One of the last exchanges, in `GET /manage/requests`, newest first.
///
/// @param outcome `answered`, `refused`, `backend-failed`, `broken` or `client-left`
/// @param firstByteMillis -1 where no content came
/// @param tokensPerSecond 0 where unknown
public record RequestView(
    String id,
    Instant at,
    String route,
    String caller,
    String model,
    String backend,
    int status,
    String outcome,
    double firstByteMillis,
    double totalMillis,
    long promptTokens,
    long answerTokens,
    double tokensPerSecond) {}
