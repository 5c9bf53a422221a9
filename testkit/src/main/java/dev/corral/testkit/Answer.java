package dev.corral.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// An answer as a client saw it, with the time at which its parts arrived.
///
/// @param status 0 where not even a head came
/// @param body chunked framing removed
/// @param chunks chunks of a chunked body; of another body the parts as they were read
/// @param headAtNanos [System#nanoTime()] when the head was complete
/// @param ending how the connection behaved at the end of it
public record Answer(
    int status, Headers headers, Body body, List<Chunk> chunks, long headAtNanos, Ending ending) {
  /// A part of the body.
  ///
  /// @param atNanos [System#nanoTime()] when it was complete
  public record Chunk(Body bytes, long atNanos) {}

  /// How an answer ended.
  public enum Ending {
    /// As its own framing says.
    COMPLETE,
    /// The connection was closed before.
    CLOSED_EARLY,
    /// The connection was reset before.
    RESET
  }

  public boolean complete() {
    return ending == Ending.COMPLETE;
  }

  public String text() {
    return body.text();
  }

  /// The body as JSON; a missing node where it is none.
  public JsonNode json() {
    return body.json();
  }

  /// The objects of an NDJSON body.
  public List<JsonNode> lines() {
    return Arrays.stream(text().split("\n", -1))
        .filter(line -> !line.isBlank())
        .map(line -> Body.of(line).json())
        .toList();
  }

  /// The `data` of each event of an SSE body, `[DONE]` included.
  public List<String> events() {
    List<String> events = new ArrayList<>();
    for (String line : text().split("\n", -1)) {
      if (line.startsWith("data:")) {
        events.add(line.substring("data:".length()).strip());
      }
    }
    return events;
  }
}
