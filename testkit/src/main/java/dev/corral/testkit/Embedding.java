package dev.corral.testkit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/// A bag of words as a vector: each word, and the two marks around a text, lights one place. "The
/// quick brown" against "The quick fox" is 0.8, as with the recorded `markov-embed`.
///
/// L2-normalised; all zeros where the cut to `dimensions` leaves nothing.
final class Embedding {
  static final int WIDTH = 320;

  /// Where the marks of beginning and end lie. Words never fall below them, so that a vector cut to
  /// a few dimensions is all zeros, as recorded (`embed-one-dims`).
  private static final int BEGIN = 87;

  private static final int END = 104;
  private static final int FIRST_WORD = END + 1;

  private final float[] values;
  private final int tokens;

  private Embedding(float[] values, int tokens) {
    this.values = values;
    this.tokens = tokens;
  }

  static Embedding of(String text, int dimensions) {
    List<String> words = TestModel.tokens(text);
    float[] vector = new float[WIDTH];
    vector[BEGIN] = 1;
    vector[END] = 1;
    for (String word : words) {
      vector[FIRST_WORD + Math.floorMod(word.strip().hashCode(), WIDTH - FIRST_WORD)] += 1;
    }
    float[] cut = dimensions > 0 && dimensions < WIDTH ? Arrays.copyOf(vector, dimensions) : vector;
    return new Embedding(normalised(cut), words.size() + 2);
  }

  private static float[] normalised(float[] vector) {
    double sum = 0;
    for (float value : vector) {
      sum += value * value;
    }
    float length = (float) Math.sqrt(sum);
    if (length > 0) {
      for (int i = 0; i < vector.length; i++) {
        vector[i] /= length;
      }
    }
    return vector;
  }

  /// As JSON: `0` and not `0.0`, as Go writes it.
  ArrayNode json() {
    ArrayNode array = Json.array();
    for (float value : values) {
      if (value == 0) {
        array.add(0);
      } else {
        array.add(value);
      }
    }
    return array;
  }

  /// Words and the two marks.
  int tokens() {
    return tokens;
  }

  /// Little-endian 32-bit floats in Base64 (`encoding_format: base64`).
  String base64() {
    ByteBuffer buffer = ByteBuffer.allocate(values.length * Float.BYTES);
    buffer.order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      buffer.putFloat(value);
    }
    return Base64.getEncoder().encodeToString(buffer.array());
  }
}
