package dev.corral.runner.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.runner.engine.Engine;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Texts to tokens and back.
final class Words {
  private Words() {}

  /// `/tokenize`: `content`, `add_special` (default no), `parse_special` (default yes),
  /// `with_pieces`.
  static JsonNode tokenize(Engine engine, Fields fields) {
    List<Integer> ids =
        engine.tokenize(
            fields.text("", "content"),
            fields.flag(false, "add_special"),
            fields.flag(true, "parse_special"));
    ObjectNode answer = Json.object();
    ArrayNode tokens = answer.putArray("tokens");
    if (!fields.flag(false, "with_pieces")) {
      ids.forEach(tokens::add);
      return answer;
    }
    List<byte[]> pieces = engine.pieces(ids);
    for (int i = 0; i < ids.size(); i++) {
      tokens.addObject().put("id", ids.get(i)).set("piece", piece(pieces.get(i)));
    }
    return answer;
  }

  /// The text of a token; its bytes, as numbers, where they are no whole characters.
  private static JsonNode piece(byte[] bytes) {
    try {
      return Json.object()
          .textNode(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException half) {
      ArrayNode numbers = Json.array();
      for (byte one : bytes) {
        numbers.add(one & 0xFF);
      }
      return numbers;
    }
  }

  /// `/detokenize`: `tokens`, control tokens written out.
  static JsonNode detokenize(Engine engine, Fields fields) {
    JsonNode tokens = fields.find("tokens");
    List<Integer> ids = new ArrayList<>();
    if (tokens != null) {
      for (JsonNode token : Fields.list(tokens, "tokens")) {
        ids.add(Prompts.token(engine, token, "tokens"));
      }
    }
    var bytes = new ByteArrayOutputStream();
    engine.pieces(ids).forEach(bytes::writeBytes);
    return Json.object().put("content", bytes.toString(StandardCharsets.UTF_8));
  }
}
