package dev.corral.runner.engine;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Turns the bytes of tokens into text that can be shown: whole characters only, and nothing that
/// may still become a stop text. A character and a stop text may both span any number of tokens.
final class StopText {

  private final List<String> stops;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private final StringBuilder held = new StringBuilder();
  private byte[] incomplete = new byte[0];
  private @Nullable String found;

  StopText(List<String> stops) {
    this.stops = stops;
  }

  /// Takes the bytes of one token and returns the text that is certain now. After a stop text was
  /// found there is none any more.
  String add(byte[] bytes) {
    if (found != null) {
      return "";
    }
    decode(bytes);
    int stop = firstStop();
    int certain = stop >= 0 ? stop : held.length() - mayBecomeStop();
    var text = held.substring(0, certain);
    held.delete(0, stop >= 0 ? held.length() : certain);
    return text;
  }

  /// The stop text that was met, which is part of no answer.
  @Nullable String found() {
    return found;
  }

  /// What is still held back and belongs to the answer after all. The beginning of a character
  /// whose end never came is dropped.
  String rest() {
    var rest = held.toString();
    held.setLength(0);
    return rest;
  }

  private void decode(byte[] bytes) {
    var joined = new ByteArrayOutputStream(incomplete.length + bytes.length);
    joined.writeBytes(incomplete);
    joined.writeBytes(bytes);
    var in = ByteBuffer.wrap(joined.toByteArray());
    var out = CharBuffer.allocate(in.remaining());
    decoder.decode(in, out, false);
    incomplete = new byte[in.remaining()];
    in.get(incomplete);
    held.append(out.flip());
  }

  private int firstStop() {
    int first = -1;
    for (var stop : stops) {
      int at = held.indexOf(stop);
      if (at >= 0 && (first < 0 || at < first)) {
        first = at;
        found = stop;
      }
    }
    return first;
  }

  /// Length of the longest end of the text that is the beginning of a stop text.
  private int mayBecomeStop() {
    int longest = 0;
    for (var stop : stops) {
      for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
        if (held.indexOf(stop.substring(0, length), held.length() - length) >= 0) {
          longest = length;
        }
      }
    }
    return longest;
  }
}
