package dev.corral.dialect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Optional;

/// Finds the text of an error in what a backend sent, whichever shape it uses: Ollama's `{"error":
/// "…"}`, OpenAI's and Anthropic's `{"error": {"message": "…"}}`, FastAPI's `{"detail": "…"}`, or
/// `{"message": "…"}`.
public final class BackendWords {
  private static final JsonFactory JSON = new JsonFactory();

  private BackendWords() {}

  /// The words; empty where there are none to be had (a web page, half an object, no JSON).
  public static Optional<String> in(byte[] body) {
    try (JsonParser parser = JSON.createParser(body)) {
      return parser.nextToken() == JsonToken.START_OBJECT ? inObject(parser) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> inObject(JsonParser parser) throws IOException {
    Optional<String> found = Optional.empty();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      JsonToken value = parser.nextToken();
      boolean speaks = key.equals("error") || key.equals("message") || key.equals("detail");
      if (speaks && value == JsonToken.VALUE_STRING && found.isEmpty()) {
        found = Optional.of(parser.getText()).filter(text -> !text.isBlank());
      } else if (key.equals("error") && value == JsonToken.START_OBJECT) {
        found = inObject(parser);
      } else {
        parser.skipChildren();
      }
    }
    return found;
  }
}
