package dev.corral.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// One exchange with a real server, as recorded. The files of this library lie beside its classes;
/// their form is described in the `README.md` there.
///
/// @param name the file's name without its ending
/// @param requestBody as sent; empty where the file does not show it
/// @param hiddenRequestBytes size of a request body that the file does not show, else 0
/// @param status 0 where the server never answered
/// @param responseHeaders verbatim; where the text was masked, `Content-Length` is that of the
///   original
/// @param responseBody without chunked framing
/// @param chunks sizes of the chunks of a chunked body; empty where the file no longer tells them,
///   because the text was masked or its middle left out
/// @param abridged whether events in the middle of the stream are left out
/// @param terminated whether the answer ended in order; else the connection just ended
public record Recording(
    String name,
    String method,
    String target,
    Headers requestHeaders,
    Body requestBody,
    long hiddenRequestBytes,
    int status,
    Headers responseHeaders,
    Body responseBody,
    List<Integer> chunks,
    boolean abridged,
    boolean terminated) {
  /// The version whose answers [OllamaNode] imitates.
  public static final String V0_33 = "0.33.0-rc2";

  /// The last version with Ollama's own engine.
  public static final String V0_24 = "0.24.0";

  /// The names of all recordings of a version, in alphabetical order.
  public static List<String> names(String version) {
    return new String(resource(version, "index.txt"), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.isBlank())
        .toList();
  }

  /// All recordings of a version.
  public static List<Recording> all(String version) {
    return names(version).stream().map(name -> of(version, name)).toList();
  }

  /// One recording.
  ///
  /// @throws IllegalArgumentException when there is none of that name
  public static Recording of(String version, String name) {
    return RecordingParser.parse(name, resource(version, name + ".http"));
  }

  /// A recording from a file of one's own.
  public static Recording read(Path file) throws IOException {
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.http$", "");
    return RecordingParser.parse(name, Files.readAllBytes(file));
  }

  private static byte[] resource(String version, String file) {
    String path = "ollama/" + version + "/" + file;
    try (InputStream in = Recording.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalArgumentException(
            "There is no recording " + path + "; Recording.names(version) lists them");
      }
      return in.readAllBytes();
    } catch (IOException damaged) {
      throw new UncheckedIOException("Cannot read the recording " + path, damaged);
    }
  }

  /// Whether the request can be sent again byte for byte.
  public boolean repeatable() {
    return hiddenRequestBytes == 0;
  }

  /// A body that [RecordedNode] takes for the recorded one: that one where the file shows it, else
  /// a stand-in of the same size that asks for the same model in the same way.
  public Body requestToSend() {
    return repeatable() ? requestBody : StandIn.bodyOf(this);
  }

  public boolean chunked() {
    return responseHeaders.says("Transfer-Encoding", "chunked");
  }

  /// Whether the answer is a stream of events or lines.
  public boolean streamed() {
    String type = responseHeaders.first("Content-Type").orElse("");
    return type.startsWith("text/event-stream") || type.startsWith("application/x-ndjson");
  }

  /// The body in the pieces in which it went over the wire: the recorded chunks; else the lines or
  /// events of a stream; else the body in one piece.
  public List<Body> pieces() {
    return RecordingParser.pieces(this);
  }

  @Override
  public String toString() {
    return name + ": " + method + " " + target + " " + status;
  }
}
