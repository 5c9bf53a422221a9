package dev.corral.testkit;

import java.util.List;

/// One dialect's way to say a speech: frames of a stream, or an answer in one piece. One voice
/// serves one answer.
sealed interface Voice permits NativeVoice, OpenAiVoice, MessagesVoice, ResponsesVoice {
  Headers streamHeaders();

  Headers wholeHeaders();

  /// Frames before the first token.
  List<byte[]> opening();

  /// Frames of one token.
  List<byte[]> piece(Speech.Piece piece);

  /// Frames behind the last token, terminator included.
  List<byte[]> closing(Speech.Said said);

  /// How this dialect tells an error in the middle of a stream; no bytes where it does not.
  byte[] lateError(String message);

  byte[] whole(Speech.Said said);
}
