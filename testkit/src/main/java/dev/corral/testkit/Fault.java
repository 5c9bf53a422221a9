package dev.corral.testkit;

import java.time.Duration;

/// A way to misbehave, on command. Give it to [Node#inject(Fault, Where)]. A *frame* is one line of
/// NDJSON or one event of a stream, each in a chunk of its own. In an answer that is not streamed,
/// what would strike between frames strikes in the middle of the body.
///
/// A listener that refuses or never reads is no matter of one request: [Node#refuse()],
/// [Node#acceptAndHang()], [Node#crash()].
public sealed interface Fault {
  /// For [StallAfter] and [SilentPrefill]: longer than any test.
  Duration FOREVER = Duration.ofDays(1);

  /// Ollama's words when its queue is full; two spaces, as recorded (`err-busy-generate`).
  String BUSY = "server busy, please try again.  maximum pending requests exceeded";

  /// Ollama's words when its runner dies in mid-answer (`runner-killed-*`).
  String RUNNER_DIED = "an error was encountered while running the model: unexpected EOF";

  /// The request is read, and nothing is ever said.
  record Hang() implements Fault {}

  /// Not a byte for `silence`, then the ordinary answer.
  record SilentPrefill(Duration silence) implements Fault {}

  /// After `frames` frames nothing for `silence`, then the rest.
  record StallAfter(int frames, Duration silence) implements Fault {}

  /// After `frames` frames nothing until the node is healed, then the rest.
  record Held(int frames) implements Fault {}

  /// The connection is cut after `frames` frames: by a reset, or by a plain close without the last
  /// chunk.
  record CutAfter(int frames, boolean reset) implements Fault {}

  /// The connection is reset before the first byte of the answer.
  record CutBeforeHead() implements Fault {}

  /// The HTTP message ends in order after `frames` frames, but without `done:true` or `[DONE]`.
  record CleanEndAfter(int frames) implements Fault {}

  /// After `frames` frames one that is no JSON, then the rest.
  record GarbageAfter(int frames) implements Fault {}

  /// After `frames` frames half of the next one, then the end of the connection.
  record HalfFrameAfter(int frames) implements Fault {}

  /// A pause before each frame.
  record Slow(Duration perFrame) implements Fault {}

  /// An error status with `message` in the shape of the path's API.
  record Status(int status, String message) implements Fault {}

  /// The model never stops talking. Not streamed: it never answers.
  record Endless() implements Fault {}

  /// The runner dies after `frames` frames. `/api`: an error line; `/v1/chat/completions` and
  /// `/v1/completions`: an empty chunk of model `""`; other `/v1`: nothing more. The HTTP message
  /// ends in order, and without its terminator. Not streamed: 500.
  record LateError(int frames, String message) implements Fault {}

  /// One token said over and over until Ollama gives up: the stream ends in order, without
  /// terminator; not streamed: `done:false`, or `finish_reason:null` and usage 0.
  record Repeats() implements Fault {}

  /// 200 and a web page, as a captive portal or a wrong proxy gives.
  record Html() implements Fault {}

  /// A redirect to `location`.
  record Redirect(int status, String location) implements Fault {}

  /// Two `Content-Length` headers that disagree.
  record TwoLengths() implements Fault {}

  /// These bytes instead of an answer, then the end of the connection.
  record RawBytes(Body bytes) implements Fault {}

  /// 503 with Ollama's words.
  static Fault busy() {
    return new Status(503, BUSY);
  }

  /// 500 with Ollama's words of a runner that died before the first token.
  static Fault serverError() {
    return new Status(500, RUNNER_DIED);
  }

  /// Not a byte for `silence`.
  static Fault silentPrefill(Duration silence) {
    return new SilentPrefill(silence);
  }

  static Fault hang() {
    return new Hang();
  }

  /// After `frames` frames nothing any more, and the connection stays open.
  static Fault stallAfter(int frames) {
    return new StallAfter(frames, FOREVER);
  }

  /// A reset after `frames` frames.
  static Fault cutAfter(int frames) {
    return new CutAfter(frames, true);
  }

  static Fault cleanEndAfter(int frames) {
    return new CleanEndAfter(frames);
  }

  static Fault lateErrorAfter(int frames) {
    return new LateError(frames, RUNNER_DIED);
  }
}
