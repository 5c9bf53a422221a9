package dev.corral.upstream;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;

/// One call to a backend, owned by the event loop that began it.
///
/// Exactly one of `onEnd` and `onFailure` is told, unless the call is cancelled, after which
/// nothing is told any more. Cancelling works at once, in every phase: while a connection is still
/// being made, while the backend is silent, and in the middle of the answer.
public sealed interface UpstreamCall permits NetworkCall, InsideCall {
  /// Who listens to the answer, on the event loop that began the call.
  interface Listener {
    void onHead(int status, MultiMap headers);

    void onChunk(Buffer chunk);

    void onEnd();

    void onFailure(Failure failure);

    /// This listener itself failed. Its call has been cancelled; whoever waits for the answer must
    /// be told, because nothing else comes.
    void onMistake(Throwable mistake);
  }

  /// Ends the call and what it holds. Harmless after the end.
  void cancel();

  /// Stops reading the answer until [#resume()]; the backend then feels the pressure.
  void pause();

  void resume();
}
