package dev.corral.testkit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// What the two older calls of OpenAI's API have in common: events of data alone, and an end mark.
abstract sealed class OpenAiVoice implements Voice permits ChatVoice, CompletionVoice {
  final String model;
  final boolean usage;
  final String id;

  OpenAiVoice(String model, boolean usage, String idPrefix) {
    this.model = model;
    this.usage = usage;
    this.id = idPrefix + ThreadLocalRandom.current().nextInt(999);
  }

  @Override
  public Headers streamHeaders() {
    return Headers.of("Content-Type", "text/event-stream");
  }

  @Override
  public Headers wholeHeaders() {
    return Headers.of("Content-Type", "application/json");
  }

  @Override
  public List<byte[]> opening() {
    return List.of();
  }

  static byte[] event(ObjectNode data) {
    return Wire.join(Wire.ascii("data: "), Json.bytes(data), Wire.ascii("\n\n"));
  }

  static byte[] done() {
    return Wire.ascii("data: [DONE]\n\n");
  }

  static ObjectNode usage(Speech.Said said) {
    return said.complete() ? usage(said.speech().promptTokens(), said.evalTokens()) : usage(0, 0);
  }

  static ObjectNode usage(int prompt, int completion) {
    return Json.object()
        .put("prompt_tokens", prompt)
        .put("completion_tokens", completion)
        .put("total_tokens", prompt + completion);
  }
}
