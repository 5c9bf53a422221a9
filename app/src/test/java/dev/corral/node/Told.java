package dev.corral.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.corral.testkit.Recording;
import dev.corral.upstream.Asked;
import dev.corral.upstream.Reply;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One answer of the own node, as its caller gets it.
///
/// @param ended false where it was cut
record Told(int status, Map<String, String> headers, String body, boolean ended) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Told of(OwnNode node, String method, String path, String body) {
    return of(node, method, path, body.getBytes(StandardCharsets.UTF_8));
  }

  static Told of(OwnNode node, String method, String path, byte[] body) {
    return of(node, method, path, body.length, new ByteArrayInputStream(body));
  }

  /// The request of a recording.
  static Told of(OwnNode node, Recording recording) {
    return of(node, recording.method(), recording.target(), recording.requestBody().bytes());
  }

  /// @param length what the caller promises to send
  static Told of(OwnNode node, String method, String path, long length, InputStream body) {
    Sink sink = new Sink();
    node.answer(new Asked(method, path, Map.of("content-length", "" + length), body), sink);
    return new Told(
        sink.status, sink.headers, sink.bytes.toString(StandardCharsets.UTF_8), sink.ended);
  }

  JsonNode json() throws IOException {
    return JSON.readTree(body);
  }

  /// The values of the member `status` of a stream's lines; an error's text behind `error: `.
  List<String> statuses() {
    return body.lines().map(Told::status).toList();
  }

  private static String status(String line) {
    try {
      JsonNode frame = JSON.readTree(line);
      return frame.has("error")
          ? "error: " + frame.get("error").asText()
          : frame.path("status").asText();
    } catch (IOException e) {
      throw new AssertionError("not a frame: " + line, e);
    }
  }

  private static final class Sink implements Reply {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Map<String, String> headers = new TreeMap<>();
    private int status;
    private boolean ended;

    @Override
    public void head(int given, Map<String, String> told) {
      status = given;
      headers.putAll(told);
    }

    @Override
    public void write(byte[] more) {
      bytes.writeBytes(more);
    }

    @Override
    public void end() {
      ended = true;
    }

    @Override
    public void cut(String why) {
      bytes.writeBytes(("(cut: " + why + ")").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void onCancel(Runnable action) {
      // Nobody leaves here.
    }
  }
}
