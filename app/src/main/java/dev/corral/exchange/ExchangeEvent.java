package dev.corral.exchange;

import java.time.Instant;
import java.util.Locale;

/// What happened to one request, told once when it is over.
///
/// @param id the exchange's id, as in `X-Corral-Exchange`
/// @param route the route's name, for example `CHAT`
/// @param caller name of the key, or `local` without keys
/// @param asked the model as the caller wrote it; empty for none
/// @param model the model that answered; empty where none did
/// @param backend the backend that answered; empty where none did
/// @param status the HTTP status that was sent; 499 where the client left before one was
/// @param outcome how it ended
/// @param attempts how many backends were tried
/// @param streamed true where the answer came in frames
/// @param requestBytes size of the request's body
/// @param responseBytes size of the answer's body
/// @param firstByteNanos from the end of the request's body to the first byte of content; -1 for
///   none
/// @param totalNanos from the request's head to the end
/// @param promptTokens as the backend counted them; -1 where it did not say
/// @param answerTokens as the backend counted them, else the frames; -1 where unknown
/// @param tokensEstimated true where `answerTokens` counts frames
/// @param decodeNanos time the backend says it spent on writing the answer; -1 where it did not say
public record ExchangeEvent(
    String id,
    Instant at,
    String route,
    String caller,
    String asked,
    String model,
    String backend,
    int status,
    Outcome outcome,
    int attempts,
    boolean streamed,
    long requestBytes,
    long responseBytes,
    long firstByteNanos,
    long totalNanos,
    long promptTokens,
    long answerTokens,
    boolean tokensEstimated,
    long decodeNanos) {

  /// Speed of the answer: by the backend's own clock, else from the first byte to the end.
  ///
  /// @return tokens per second; 0 where unknown
  public double tokensPerSecond() {
    long nanos = decodeNanos > 0 ? decodeNanos : streamed ? totalNanos - firstByteNanos : 0;
    boolean known = answerTokens > 0 && nanos > 0 && (decodeNanos > 0 || firstByteNanos >= 0);
    return known ? answerTokens * 1e9 / nanos : 0;
  }

  /// How an exchange ended, and so whose doing it was.
  public enum Outcome {
    /// Complete, whatever its status said about the request.
    ANSWERED,
    /// We said no: not allowed, not found, too large, not understood.
    REFUSED,
    /// The backend said no or failed before content.
    BACKEND_FAILED,
    /// The answer broke after its head.
    BROKEN,
    /// The client left. Nobody's failure.
    CLIENT_LEFT;

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /// As metrics, logs and `/manage` write it: `client-left`.
    public String word() {
      return word;
    }
  }
}
