package dev.corral.gateway;

import io.vertx.core.buffer.Buffer;

/// Progress of pull, push and create on its way to the caller, line by line: a late error may tell
/// paths of the node's disk, and what comes off a socket in one piece may end in the middle of a
/// path or of a character.
final class Progress {
  /// A line that is longer than any of these calls writes is passed on as it comes.
  private static final int LONGEST_LINE = 64 * 1024;

  private Buffer begun = Buffer.buffer();

  /// @return the lines that are whole by now; often all, seldom none
  Buffer take(Buffer piece) {
    int end = afterLastLine(piece);
    if (end == 0 && begun.length() + piece.length() < LONGEST_LINE) {
      begun.appendBuffer(piece);
      return Buffer.buffer();
    }
    int cut = end == 0 ? piece.length() : end;
    Buffer whole = begun.length() == 0 ? piece.slice(0, cut) : begun.appendBuffer(piece, 0, cut);
    begun = Buffer.buffer().appendBuffer(piece, cut, piece.length() - cut);
    return BackendError.masked(whole);
  }

  /// A last line without its end.
  Buffer rest() {
    return BackendError.masked(begun);
  }

  private static int afterLastLine(Buffer piece) {
    int at = piece.length();
    while (at > 0 && piece.getByte(at - 1) != '\n') {
      at--;
    }
    return at;
  }
}
