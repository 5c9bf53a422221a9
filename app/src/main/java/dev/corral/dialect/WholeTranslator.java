package dev.corral.dialect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/// An answer in one piece: gathered, then turned.
final class WholeTranslator implements Translator {
  /// Beyond this an answer is none; a thousand long embeddings are smaller.
  private static final int LONGEST = 64 << 20;

  private static final String TOO_LONG =
      "The backend's answer is larger than 64 MiB. Ask for less at once.";
  private static final String NOT_JSON =
      "The backend answered 200 with something that is not the JSON of this call. Check that its"
          + " address is that of a model server.";

  /// How the gathered answer is turned.
  @FunctionalInterface
  interface Turn {
    byte[] turned(byte[] answer) throws IOException;
  }

  private final Turn turn;
  private final ByteArrayOutputStream gathered = new ByteArrayOutputStream();
  private boolean tooLong;

  WholeTranslator(Turn turn) {
    this.turn = turn;
  }

  /// For chat and generate.
  static WholeTranslator words(OllamaFrames frames, Metrics metrics) {
    return new WholeTranslator(answer -> turned(answer, frames, metrics));
  }

  @Override
  public String contentType() {
    return "application/json; charset=utf-8";
  }

  @Override
  public byte[] feed(byte[] bytes, int from, int length) {
    tooLong |= gathered.size() + (long) length > LONGEST;
    if (!tooLong) {
      gathered.write(bytes, from, length);
    }
    return new byte[0];
  }

  @Override
  public byte[] finish() {
    if (tooLong) {
      return Trees.bytes(OllamaFrames.error(TOO_LONG));
    }
    byte[] answer = gathered.toByteArray();
    try {
      return turn.turned(answer);
    } catch (IOException e) {
      String words = BackendWords.in(answer).orElse(NOT_JSON);
      return Trees.bytes(OllamaFrames.error(words));
    }
  }

  private static byte[] turned(byte[] answer, OllamaFrames frames, Metrics metrics)
      throws IOException {
    JsonNode tree = Trees.read(answer);
    JsonNode choice = tree.path("choices").path(0);
    if (!choice.isObject()) {
      throw new UnknownAnswer();
    }
    metrics.read(tree);
    ToolCalls toolCalls = new ToolCalls();
    toolCalls.add(OllamaFrames.toolCalls(choice));
    String content = OllamaFrames.content(choice) + toolCalls.garbled();
    String thinking = OllamaFrames.thinking(choice);
    ObjectNode whole = frames.frame(content, thinking, toolCalls.told(), false);
    String reason = Trees.text(choice.path("finish_reason"));
    if (!reason.isEmpty()) {
      frames.end(whole, reason);
    }
    OllamaFrames.copyLogprobs(choice, whole);
    return Trees.bytes(whole);
  }

  /// JSON, and not of the shape that was to be expected.
  static final class UnknownAnswer extends JsonProcessingException {
    private static final long serialVersionUID = 1;

    UnknownAnswer() {
      super("no answer of this call");
    }
  }
}
