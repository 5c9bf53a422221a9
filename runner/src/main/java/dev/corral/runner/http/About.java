package dev.corral.runner.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.runner.engine.Engine;
import dev.corral.runner.engine.Facts;
import dev.corral.runner.engine.Sampling;
import dev.corral.runner.engine.SlotState;
import org.jspecify.annotations.Nullable;

/// What the runner tells about itself: `/props`, `/slots`, `/health`.
final class About {
  private About() {}

  static JsonNode health() {
    return Json.object().put("status", "ok");
  }

  static JsonNode props(Engine engine, String model) {
    Facts facts = engine.facts();
    ObjectNode props = Json.object();
    ObjectNode settings = props.putObject("default_generation_settings");
    settings.set("params", params());
    settings.put("n_ctx", facts.contextLength());
    props.put("total_slots", facts.slots()).put("model_alias", model);
    props.putObject("modalities").put("vision", false).put("audio", false);
    props.put("chat_template", facts.chatTemplate());
    props.put("bos_token", text(facts.bos())).put("eos_token", text(facts.eos()));
    props.put("build_info", "corral-runner, llama.cpp " + facts.libraryVersion());
    return props.put("is_sleeping", false);
  }

  private static String text(Facts.@Nullable SpecialToken token) {
    return token == null ? "" : token.text();
  }

  private static ObjectNode params() {
    Sampling usual = Sampling.LLAMA_SERVER;
    return Json.object()
        .put("seed", usual.seed())
        .put("temperature", usual.temperature())
        .put("top_k", usual.topK())
        .put("top_p", usual.topP())
        .put("min_p", usual.minP())
        .put("typical_p", usual.typicalP())
        .put("repeat_last_n", usual.repeatLastN())
        .put("repeat_penalty", usual.repeatPenalty())
        .put("presence_penalty", usual.presencePenalty())
        .put("frequency_penalty", usual.frequencyPenalty())
        .put("mirostat", usual.mirostat())
        .put("mirostat_tau", usual.mirostatTau())
        .put("mirostat_eta", usual.mirostatEta())
        .put("n_predict", -1)
        .put("n_keep", 0);
  }

  static JsonNode slots(Engine engine) {
    ArrayNode slots = Json.array();
    for (SlotState slot : engine.slots()) {
      boolean busy = slot.work() != SlotState.Work.IDLE;
      ObjectNode entry = slots.addObject().put("id", slot.id());
      entry.put("n_ctx", engine.facts().contextLength()).put("speculative", false);
      entry.put("is_processing", busy);
      if (busy) {
        entry.put("n_prompt_tokens", slot.promptTokens());
        entry.put("n_prompt_tokens_processed", slot.promptRead());
        entry.putArray("next_token").addObject().put("n_decoded", slot.predicted());
      }
    }
    return slots;
  }
}
