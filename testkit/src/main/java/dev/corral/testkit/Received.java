package dev.corral.testkit;

/// A request as it came off the wire.
///
/// @param target path and query as sent
/// @param body chunked framing removed, otherwise byte for byte
/// @param atNanos [System#nanoTime()] when its last byte had been read
public record Received(String method, String target, Headers headers, Body body, long atNanos) {
  /// The target without its query.
  public String path() {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  /// The text of `model` in a JSON body; empty where there is none.
  public String model() {
    return body.size() == 0 ? "" : body.json().path("model").asText("");
  }

  @Override
  public String toString() {
    return method + " " + target + " " + body;
  }
}
