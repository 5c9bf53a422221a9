package dev.corral.dialect;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/// Embeddings of OpenAI's API in Ollama's two shapes. Read token by token, since there may be
/// millions of numbers. Ollama's vectors have length 1, also after they were cut to `dimensions`.
final class Embeddings {
  private final Map<Integer, float[]> vectors = new TreeMap<>();
  private long promptTokens = -1;

  private Embeddings() {}

  static Embeddings read(byte[] answer) throws IOException {
    Embeddings read = new Embeddings();
    try (JsonParser parser = Trees.FACTORY.createParser(answer)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new WholeTranslator.UnknownAnswer();
      }
      boolean data = false;
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        JsonToken value = parser.nextToken();
        if (key.equals("data") && value == JsonToken.START_ARRAY) {
          data = true;
          read.entries(parser);
        } else if (key.equals("usage") && value == JsonToken.START_OBJECT) {
          read.usage(parser);
        } else {
          parser.skipChildren();
        }
      }
      if (!data) {
        throw new WholeTranslator.UnknownAnswer();
      }
    }
    return read;
  }

  private void usage(JsonParser parser) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      JsonToken value = parser.nextToken();
      if (key.equals("prompt_tokens") && value == JsonToken.VALUE_NUMBER_INT) {
        promptTokens = parser.getLongValue();
      } else {
        parser.skipChildren();
      }
    }
  }

  private void entries(JsonParser parser) throws IOException {
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      int index = vectors.size();
      float[] vector = {};
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        JsonToken value = parser.nextToken();
        if (key.equals("index") && value == JsonToken.VALUE_NUMBER_INT) {
          index = parser.getIntValue();
        } else if (key.equals("embedding")) {
          vector = value == JsonToken.START_ARRAY ? numbers(parser) : base64(parser.getText());
        } else {
          parser.skipChildren();
        }
      }
      vectors.put(index, vector);
    }
  }

  private static float[] numbers(JsonParser parser) throws IOException {
    float[] numbers = new float[1024];
    int length = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (length == numbers.length) {
        numbers = Arrays.copyOf(numbers, 2 * length);
      }
      numbers[length++] = parser.getFloatValue();
    }
    return Arrays.copyOf(numbers, length);
  }

  /// Little-endian floats, as some servers send whatever was asked for.
  private static float[] base64(String text) throws IOException {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text));
      float[] numbers = new float[bytes.remaining() / Float.BYTES];
      bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(numbers);
      return numbers;
    } catch (IllegalArgumentException e) {
      throw new WholeTranslator.UnknownAnswer();
    }
  }

  /// The answer of `/api/embed`.
  ///
  /// @param dimensions how many numbers to keep of each vector; 0 for all
  byte[] embed(String model, int dimensions, long totalNanos) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = Trees.FACTORY.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("model", model);
      json.writeArrayFieldStart("embeddings");
      for (float[] vector : vectors.values()) {
        write(json, vector, dimensions);
      }
      json.writeEndArray();
      json.writeNumberField("total_duration", totalNanos);
      if (promptTokens >= 0) {
        json.writeNumberField("prompt_eval_count", promptTokens);
      }
      json.writeEndObject();
    }
    return out.toByteArray();
  }

  /// The answer of the old `/api/embeddings`.
  byte[] single() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = Trees.FACTORY.createGenerator(out)) {
      json.writeStartObject();
      json.writeFieldName("embedding");
      write(json, vectors.getOrDefault(0, new float[0]), 0);
      json.writeEndObject();
    }
    return out.toByteArray();
  }

  private static void write(JsonGenerator json, float[] vector, int dimensions) throws IOException {
    int length = dimensions > 0 ? Math.min(dimensions, vector.length) : vector.length;
    double squares = 0;
    for (int i = 0; i < length; i++) {
      squares += (double) vector[i] * vector[i];
    }
    double norm = squares > 0 ? Math.sqrt(squares) : 1;
    json.writeStartArray();
    for (int i = 0; i < length; i++) {
      json.writeNumber((float) (vector[i] / norm));
    }
    json.writeEndArray();
  }
}
