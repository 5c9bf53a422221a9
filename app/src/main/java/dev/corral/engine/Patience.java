package dev.corral.engine;

import java.time.Duration;

/// How long we wait for a runner.
///
/// @param silentLoad without a sign while it loads; large files on slow disks take minutes, and
///   Ollama waits five (`OLLAMA_LOAD_TIMEOUT`)
/// @param look how often a runner that is ready is asked for its health
/// @param answer for that answer
/// @param misses that many answers in a row may fail to come
/// @param end from the closing of its standard input to its end, before it is killed
/// @param crashes within `crashWindow` after which a model is left alone for a while
public record Patience(
    Duration silentLoad,
    Duration look,
    Duration answer,
    int misses,
    Duration end,
    int crashes,
    Duration crashWindow) {
  public static Patience usual() {
    return new Patience(
        Duration.ofMinutes(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        3,
        Duration.ofSeconds(2),
        3,
        Duration.ofMinutes(1));
  }
}
