package dev.corral.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.model.Digest;
import dev.corral.upstream.Talk;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a node tells while it pulls, event by event; all errors of a streamed pull come with status
/// 200 (reference/ollama-live.md item 16). Whoever closes it ends the pull.
public final class PullLines implements AutoCloseable {
  private final Talk talk;
  private @Nullable BufferedReader reader;

  PullLines(Talk talk) {
    this.talk = talk;
  }

  /// Waits for the next event.
  ///
  /// @return empty at the end of the stream
  /// @throws IOException where the node cannot be reached, or the stream breaks off
  public Optional<PullLine> next() throws IOException {
    BufferedReader open = reader;
    if (open == null) {
      Talk.Head head = talk.head();
      open = new BufferedReader(new InputStreamReader(talk.body(), StandardCharsets.UTF_8));
      reader = open;
      if (head.status() != 200) {
        return Optional.of(refused(head.status(), open.readLine()));
      }
    }
    String text = open.readLine();
    while (text != null && text.isBlank()) {
      text = open.readLine();
    }
    return text == null ? Optional.empty() : Optional.of(line(text));
  }

  private static PullLine refused(int status, @Nullable String text) {
    String error =
        Management.line(text == null ? "" : text)
            .map(tree -> tree.path("error").asText(""))
            .orElse("");
    return error(error.isEmpty() ? "it answers with status " + status : error);
  }

  private static PullLine line(String text) throws IOException {
    JsonNode tree =
        Management.line(text).orElseThrow(() -> new IOException("it sends what is no JSON"));
    if (tree.has("error")) {
      return error(tree.path("error").asText(""));
    }
    return new PullLine(
        tree.path("status").asText(""),
        Digest.parse(tree.path("digest").asText("")),
        tree.path("total").asLong(0),
        tree.path("completed").asLong(0),
        "");
  }

  private static PullLine error(String text) {
    return new PullLine("", Optional.empty(), 0, 0, text.isEmpty() ? "an error" : text);
  }

  /// Ends the pull, from whatever thread; harmless after the end.
  @Override
  public void close() {
    talk.cancel();
  }
}
