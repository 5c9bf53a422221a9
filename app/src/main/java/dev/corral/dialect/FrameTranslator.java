package dev.corral.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.wire.Sse;
import java.io.ByteArrayOutputStream;

/// A streamed answer: Server-Sent Events in, JSON lines out, frame by frame. Tool calls wait until
/// they are whole. The last line comes where the backend says `[DONE]`, or ends after a finish
/// reason; an end without either gets no last line, so that nobody takes it for one.
final class FrameTranslator implements Translator {
  /// One event; an answer that fits into one is the largest.
  private static final int LONGEST = 16 << 20;

  private static final String NOT_JSON =
      "The backend sent a frame that is no JSON. Check that its address is that of a model server.";
  private static final String TOO_LONG =
      "The backend sent a frame of more than 16 MiB. Check that its address is that of a model"
          + " server.";
  private static final String NO_FRAMES =
      "The backend answered without a single frame, though it was asked for a stream. Ask without"
          + " one (\"stream\": false), or look into the backend's log.";

  private final OllamaFrames frames;
  private final Metrics metrics;
  private final Sse events = new Sse(LONGEST);
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ToolCalls toolCalls = new ToolCalls();
  private String finishReason = "";
  private boolean met;
  private boolean over;

  FrameTranslator(OllamaFrames frames, Metrics metrics) {
    this.frames = frames;
    this.metrics = metrics;
  }

  @Override
  public String contentType() {
    return "application/x-ndjson";
  }

  @Override
  public byte[] feed(byte[] bytes, int from, int length) {
    if (!over && !events.feed(bytes, from, length, this::event)) {
      fail(TOO_LONG);
    }
    return taken();
  }

  @Override
  public byte[] finish() {
    events.finish(this::event);
    if (!over && !met) {
      fail(NO_FRAMES);
    } else if (!over && !finishReason.isEmpty()) {
      end();
    }
    return taken();
  }

  private byte[] taken() {
    byte[] bytes = out.toByteArray();
    out.reset();
    return bytes;
  }

  private void event(Sse.Event event) {
    if (over) {
      return;
    }
    met = true;
    if (event.data().strip().equals("[DONE]")) {
      end();
      return;
    }
    try {
      chunk(Trees.read(event.data()), event);
    } catch (JsonProcessingException e) {
      fail(NOT_JSON);
    }
  }

  private void chunk(JsonNode chunk, Sse.Event event) {
    if (chunk.hasNonNull("error") || event.event().equals("error")) {
      fail(
          BackendWords.in(event.data().getBytes(UTF_8))
              .orElse("The backend broke off its answer and did not say why."));
      return;
    }
    metrics.read(chunk);
    JsonNode choice = chunk.path("choices").path(0);
    String content = OllamaFrames.content(choice);
    String thinking = OllamaFrames.thinking(choice);
    toolCalls.add(OllamaFrames.toolCalls(choice));
    if (!content.isEmpty() || !thinking.isEmpty()) {
      metrics.piece();
      ObjectNode frame = frames.frame(content, thinking);
      OllamaFrames.copyLogprobs(choice, frame);
      write(frame);
    }
    String reason = Trees.text(choice.path("finish_reason"));
    if (!reason.isEmpty()) {
      finishReason = reason;
    }
  }

  private void end() {
    if (!toolCalls.isEmpty()) {
      metrics.piece();
      ArrayNode told = toolCalls.told();
      write(frames.frame(toolCalls.garbled(), "", told, false));
    }
    ObjectNode last = frames.frame("", "");
    frames.end(last, finishReason);
    write(last);
    over = true;
  }

  private void fail(String text) {
    write(OllamaFrames.error(text));
    over = true;
  }

  private void write(ObjectNode line) {
    out.writeBytes(Trees.bytes(line));
    out.write('\n');
  }
}
