package dev.corral.runner.llama;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// A model's tokens. Reads only, so any thread may ask, as long as the model lives.
public final class Vocabulary {

  /// Longest token that fits without a second call.
  private static final int USUAL_PIECE = 64;

  final long pointer;
  private final int size;
  private final Call endsGeneration;
  private final Call tokenize;
  private final Call piece;
  private final Natives natives;

  Vocabulary(Natives natives, MemorySegment pointer) {
    this.natives = natives;
    this.pointer = pointer.address();
    this.size = natives.call("llama_vocab_n_tokens").asInt(pointer.address());
    this.endsGeneration = natives.call("llama_vocab_is_eog");
    this.tokenize = natives.call("llama_tokenize");
    this.piece = natives.call("llama_token_to_piece");
  }

  /// Whether there are words at all: a file may have tokens without texts
  /// (`LLAMA_VOCAB_TYPE_NONE`), and llama.cpp ends the process when it is asked for one.
  public boolean hasTexts() {
    return natives.call("llama_vocab_type").asInt(pointer) != 0;
  }

  /// How many tokens there are.
  public int size() {
    return size;
  }

  /// Token that a text begins with, or a negative number.
  public int bos() {
    return natives.call("llama_vocab_bos").asInt(pointer);
  }

  /// Token that a text ends with, or a negative number.
  public int eos() {
    return natives.call("llama_vocab_eos").asInt(pointer);
  }

  public boolean addsBos() {
    return natives.call("llama_vocab_get_add_bos").asBoolean(pointer);
  }

  public boolean addsEos() {
    return natives.call("llama_vocab_get_add_eos").asBoolean(pointer);
  }

  /// Whether a token ends a generation.
  public boolean ends(int token) {
    return endsGeneration.asBoolean(pointer, token);
  }

  /// Whether a token means something rather than saying it.
  public boolean isControl(int token) {
    return natives.call("llama_vocab_is_control").asBoolean(pointer, token);
  }

  /// Tokens that the model's file says must never be drawn.
  public int[] suppressed() {
    try (var arena = Arena.ofConfined()) {
      var count = arena.allocate(JAVA_INT);
      var tokens =
          natives.call("llama_vocab_get_suppress_tokens").asPointer(pointer, count.address());
      int length = count.get(JAVA_INT, 0);
      return length <= 0
          ? new int[0]
          : tokens.reinterpret(length * (long) Integer.BYTES).toArray(JAVA_INT);
    }
  }

  /// The tokens of a text.
  ///
  /// @param special put the vocabulary's own tokens around it
  /// @param parse read control tokens that are written out in the text as such
  public int[] tokenize(String text, boolean special, boolean parse) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    try (var arena = Arena.ofConfined()) {
      var in = arena.allocate(Math.max(1, bytes.length));
      MemorySegment.copy(bytes, 0, in, JAVA_BYTE, 0, bytes.length);
      // A text has rarely more tokens than half its bytes; where it has, llama.cpp says how many.
      int room = bytes.length / 2 + USUAL_PIECE;
      var out = arena.allocate(JAVA_INT, room);
      int count = tokenize(in, bytes.length, out, room, special, parse);
      if (count < 0 && count != Integer.MIN_VALUE) {
        room = -count;
        out = arena.allocate(JAVA_INT, room);
        count = tokenize(in, bytes.length, out, room, special, parse);
      }
      if (count < 0) {
        throw new IllegalArgumentException("The text is too long to be turned into tokens.");
      }
      return out.asSlice(0, count * (long) Integer.BYTES).toArray(JAVA_INT);
    }
  }

  private int tokenize(
      MemorySegment in, int length, MemorySegment out, int room, boolean special, boolean parse) {
    return tokenize.asInt(
        pointer, in.address(), length, out.address(), room, Call.flag(special), Call.flag(parse));
  }

  /// The bytes of a token, which need not be whole characters.
  ///
  /// @param special write out a control token; else it is empty
  public byte[] piece(int token, boolean special) {
    try (var arena = Arena.ofConfined()) {
      int room = USUAL_PIECE;
      var out = arena.allocate(room);
      int length = piece(token, out, room, special);
      if (length < 0) {
        room = -length;
        out = arena.allocate(room);
        length = piece(token, out, room, special);
      }
      return out.asSlice(0, Math.max(0, length)).toArray(JAVA_BYTE);
    }
  }

  private int piece(int token, MemorySegment out, int room, boolean special) {
    return piece.asInt(pointer, token, out.address(), room, 0, Call.flag(special));
  }

  /// A token as the vocabulary writes it, such as `</s>`; empty for a negative one.
  public String text(int token) {
    return token < 0
        ? ""
        : Call.text(natives.call("llama_vocab_get_text").asPointer(pointer, token));
  }
}
