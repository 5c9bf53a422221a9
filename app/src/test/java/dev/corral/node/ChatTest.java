package dev.corral.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.engine.Facts;
import dev.corral.model.Layer;
import dev.corral.node.Desks.Said;
import dev.corral.testkit.Await;
import dev.corral.testkit.Fault;
import dev.corral.testkit.TestModel;
import dev.corral.testkit.Where;
import dev.corral.upstream.CallFailed;
import dev.corral.upstream.Talk;
import dev.corral.wire.Problem;
import dev.corral.wire.Tenant;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Chats of the own node, as Ollama answers them.
class ChatTest {
  private static final Duration LONG = Await.LONG;
  private static final String HELLO = "{'model':'fox','messages':[{'role':'user','content':'hi'}]";

  @TempDir Path folder;

  private Desks fox() {
    return new Desks(folder, TestModel.says("fox", TestModel.FOX), 4096).model("fox", Desks.CHATML);
  }

  @Test
  void aStreamHasAFrameForEachWordAndEndsWithCounts() {
    try (Desks desks = fox()) {
      Said said = desks.ask("/api/chat", HELLO + "}");
      assertThat(said.type()).isEqualTo("application/x-ndjson");
      List<JsonNode> lines = said.lines();
      assertThat(lines).hasSize(10);
      assertThat(said.text().lines().findFirst().orElseThrow())
          .matches(
              "\\{\"model\":\"fox\",\"created_at\":\"[^\"]*Z\",\"message\":"
                  + "\\{\"role\":\"assistant\",\"content\":\" The\"},\"done\":false}");
      assertThat(lines.getLast().propertyStream().map(Map.Entry::getKey))
          .containsExactly(
              "model",
              "created_at",
              "message",
              "done",
              "done_reason",
              "total_duration",
              "load_duration",
              "prompt_eval_count",
              "prompt_eval_duration",
              "eval_count",
              "eval_duration");
      assertThat(lines.getLast().path("done_reason").asText()).isEqualTo("stop");
      assertThat(lines.getLast().path("eval_count").asInt()).isEqualTo(10);
      Await.until(() -> desks.closed.get() > 0, "the runner was given back");
      assertThat(desks.closed).as("given back once").hasValue(1);
    }
  }

  @Test
  void aWholeAnswerIsOneObject() {
    try (Desks desks = fox()) {
      Said said = desks.ask("/api/chat", HELLO + ",'stream':false}");
      assertThat(said.type()).isEqualTo("application/json; charset=utf-8");
      assertThat(said.json().at("/message/content").asText()).isEqualTo(TestModel.FOX);
      assertThat(said.json().path("done").asBoolean()).isTrue();
    }
  }

  @Test
  void optionsOfTheRequestWinOverTheModelsAndThoseOverOllamas() {
    try (Desks desks = fox()) {
      desks.model(
          "tuned",
          Map.of("chat_template", Desks.CHATML),
          Map.of(Layer.PARAMS, "{\"temperature\":0.1,\"top_k\":7,\"stop\":[\"jumps\"]}"));
      desks.ask(
          "/api/chat",
          "{'model':'tuned','messages':[{'role':'user','content':'x'}],"
              + "'options':{'top_k':3,'nope':1,'num_ctx':99}}");
      JsonNode asked = desks.asked();
      assertThat(asked.path("top_k").asInt()).isEqualTo(3);
      assertThat(asked.path("temperature").asDouble()).isEqualTo(0.1);
      assertThat(asked.path("top_p").asDouble()).isEqualTo(0.9);
      assertThat(asked.path("stop").get(0).asText()).isEqualTo("jumps");
      assertThat(asked.path("n_predict").asInt()).as("ten contexts").isEqualTo(40_960);
      assertThat(desks.loads.getLast().options().contextLength()).isEqualTo(99);
      Said wrong = desks.ask("/api/chat", HELLO + ",'options':{'num_ctx':'big'}}");
      assertThat(wrong.status()).isEqualTo(500);
      assertThat(wrong.text())
          .isEqualTo("{\"error\":\"option \\\"num_ctx\\\" must be of type integer\"}");
    }
  }

  @Test
  void theModelsOwnWordsComeFirstUnlessTheCallerBringsASystemPrompt() {
    try (Desks desks = fox()) {
      desks.model(
          "polite",
          Map.of("chat_template", Desks.CHATML),
          Map.of(
              Layer.SYSTEM,
              "Be polite.",
              Layer.MESSAGES,
              "[{\"role\":\"user\",\"content\":\"before\"}]"));
      String ask = "{'model':'polite','_debug_render_only':true,'messages':[%s]}";
      String user = "{'role':'user','content':'hi'}";
      assertThat(rendered(desks, ask.formatted(user)))
          .isEqualTo(
              """
              <|im_start|>system
              Be polite.<|im_end|>
              <|im_start|>user
              before<|im_end|>
              <|im_start|>user
              hi<|im_end|>
              <|im_start|>assistant
              """);
      assertThat(rendered(desks, ask.formatted("{'role':'SYSTEM','content':'Be rude.'}," + user)))
          .startsWith("<|im_start|>user\nbefore")
          .doesNotContain("polite");
    }
  }

  private static String rendered(Desks desks, String ask) {
    return desks.ask("/api/chat", ask).json().at("/_debug_info/rendered_template").asText();
  }

  @Test
  void typedControlTokensAreSentAsPlainText() {
    try (Desks desks = fox()) {
      desks.ask("/api/chat", HELLO + "}");
      assertThat(desks.asked().path("prompt").isTextual()).isTrue();
      desks.ask(
          "/api/chat", "{'model':'fox','messages':[{'role':'user','content':'a <|im_end|> b'}]}");
      JsonNode prompt = desks.asked().path("prompt");
      assertThat(prompt.isArray()).isTrue();
      long ends = prompt.valueStream().filter(id -> id.asInt() == 3).count();
      assertThat(ends).as("the template's own alone is a token").isEqualTo(1);
    }
  }

  @Test
  void theOldestMessagesGoWhenTheContextIsFullAndTheSystemPromptStays() {
    try (Desks desks =
        new Desks(folder, TestModel.says("fox", TestModel.FOX), 60).model("fox", Desks.CHATML)) {
      StringBuilder messages = new StringBuilder("{'role':'system','content':'sys'}");
      for (int i = 0; i < 20; i++) {
        messages.append(",{'role':'user','content':'word word m").append(i).append("'}");
      }
      String prompt =
          rendered(
              desks, "{'model':'fox','_debug_render_only':true,'messages':[" + messages + "]}");
      assertThat(prompt).contains("sys", "m19").doesNotContain("m0<").doesNotContain("m5<");
      String all =
          rendered(
              desks,
              "{'model':'fox','truncate':false,'_debug_render_only':true,'messages':["
                  + messages
                  + "]}");
      assertThat(all).contains("m0<");
    }
  }

  @Test
  void oneMessageLongerThanTheContextLosesItsMiddleOrIsRefusedWhereNothingMayShift() {
    try (Desks desks =
        new Desks(folder, TestModel.says("fox", TestModel.FOX), 60).model("fox", Desks.CHATML)) {
      String ask =
          "{'model':'fox','messages':[{'role':'user','content':'" + "word ".repeat(200) + "'}]%s}";
      assertThat(desks.ask("/api/chat", ask.formatted("")).status()).isEqualTo(200);
      assertThat(desks.asked().path("prompt")).hasSize(60 - (60 - 4) / 2);
      Said refused = desks.ask("/api/chat", ask.formatted(",'shift':false"));
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.text()).contains("the prompt is longer than the context length");
      Said whole = desks.ask("/api/chat", ask.formatted(",'truncate':false"));
      assertThat(whole.status()).isEqualTo(400);
      assertThat(whole.text()).contains("exceed_context_size_error");
    }
  }

  @Test
  void thinkingIsToldApartAndAModelThatCannotIsNotAskedTo() {
    try (Desks desks =
        new Desks(folder, TestModel.thinks("deep", " Hm.", " Yes."), 4096)
            .model("deep", Desks.THINKS)
            .model("fox", Desks.CHATML)) {
      String ask = "{'model':'deep','stream':false,'messages':[{'role':'user','content':'x'}]}";
      JsonNode message = desks.ask("/api/chat", ask).json().path("message");
      assertThat(message.path("thinking").asText()).isEqualTo(" Hm.");
      assertThat(message.path("content").asText()).isEqualTo(" Yes.");
      assertThat(desks.asked().path("preserved_tokens").get(0).asText()).isEqualTo("<think>");
      Said no = desks.ask("/api/chat", HELLO + ",'think':true}");
      assertThat(no.status()).isEqualTo(400);
      assertThat(no.text()).isEqualTo("{\"error\":\"\\\"fox\\\" does not support thinking\"}");
      assertThat(desks.ask("/api/chat", HELLO + ",'think':'hgh'}").text())
          .contains("invalid think value: \\\"hgh\\\"");
    }
  }

  @Test
  void aSchemaBindsOnlyWhatComesBehindTheThinking() {
    try (Desks desks =
        new Desks(folder, TestModel.thinks("deep", " Hm.", " Yes."), 4096)
            .model("deep", Desks.THINKS)) {
      desks.ask(
          "/api/chat",
          "{'model':'deep','format':{'type':'object'},'messages':[{'role':'user','content':'x'}]}");
      var calls = desks.runner.exchanges("/completion");
      assertThat(calls).hasSize(2);
      JsonNode first = Desks.json(calls.getFirst().request().body().text());
      assertThat(first.has("json_schema")).isFalse();
      assertThat(desks.asked().path("json_schema").path("type").asText()).isEqualTo("object");
      assertThat(desks.asked().path("prompt").asText()).endsWith("</think>");
      assertThat(desks.ask("/api/chat", HELLO.replace("fox", "deep") + ",'format':'yaml'}").text())
          .contains("invalid format: \\\"\\\\\\\"yaml\\\\\\\"\\\"");
    }
  }

  @Test
  void whatAModelCannotIsSaidWithItsFullName() {
    try (Desks desks = fox().model("embed", Map.of("pooling", "1"), Map.of())) {
      assertThat(desks.ask("/api/chat", HELLO + ",'tools':[{'type':'function'}]}").text())
          .isEqualTo(
              "{\"error\":\"registry.ollama.ai/library/fox:latest does not support tools\"}");
      assertThat(desks.ask("/api/chat", HELLO.replace("fox", "embed") + "}").text())
          .isEqualTo("{\"error\":\"\\\"embed\\\" does not support chat\"}");
      Said picture =
          desks.ask(
              "/api/chat",
              "{'model':'fox','messages':[{'role':'user','content':'x','images':['aGk=']}]}");
      assertThat(picture.status()).isEqualTo(400);
      assertThat(picture.text())
          .startsWith(
              "{\"error\":\"Multimodal data provided, but model does not support multimodal"
                  + " requests.");
      assertThat(desks.loads).isEmpty();
    }
  }

  @Test
  void aRendererThatIsNotKnownIsRefusedByNameUnlessTheFileHasATemplate() {
    Map<String, String> config =
        Map.of("config", "{\"model_format\":\"gguf\",\"renderer\":\"qwen9\"}");
    try (Desks desks =
        fox()
            .model("bare", Map.of(), config)
            .model("own", Map.of("chat_template", Desks.CHATML), config)) {
      Said no = desks.ask("/api/chat", HELLO.replace("fox", "bare") + "}");
      assertThat(no.status()).isEqualTo(400);
      assertThat(no.text()).contains("built-in renderer 'qwen9'");
      assertThat(desks.ask("/api/chat", HELLO.replace("fox", "own") + "}").status()).isEqualTo(200);
    }
  }

  @Test
  void nothingSaidOnlyLoadsAndWithoutKeepingUnloads() {
    try (Desks desks = fox()) {
      JsonNode loaded = desks.ask("/api/chat", "{'model':'fox','keep_alive':'1h'}").json();
      assertThat(loaded.path("done_reason").asText()).isEqualTo("load");
      assertThat(desks.loads.getLast().keepAlive()).isEqualTo(Duration.ofHours(1));
      desks.ask("/api/chat", "{'model':'fox','keep_alive':-1}");
      assertThat(desks.loads.getLast().keepAlive()).isNegative();
      JsonNode gone = desks.ask("/api/chat", "{'model':'fox','keep_alive':'0s'}").json();
      assertThat(gone.path("done_reason").asText()).isEqualTo("unload");
      assertThat(desks.unloaded).containsExactly("fox:latest");
      assertThat(desks.ask("/api/chat", HELLO + ",'keep_alive':'300'}").text())
          .isEqualTo("{\"error\":\"time: missing unit in duration \\\"300\\\"\"}");
    }
  }

  @Test
  void aRunnerThatDiesInMidStreamIsTheLastLine() {
    try (Desks desks = fox()) {
      desks.broken.complete(Problem.of(500, "the runner was killed"));
      desks.runner.inject(new Fault.CutAfter(3, true), Where.path("/completion"));
      List<JsonNode> lines = desks.ask("/api/chat", HELLO + "}").lines();
      assertThat(lines.getLast().path("error").asText())
          .isEqualTo("an error was encountered while running the model: the runner was killed");
      Said whole = desks.ask("/api/chat", HELLO + ",'stream':false}");
      assertThat(whole.status()).isEqualTo(500);
    }
  }

  @Test
  void aCallerWhoLeavesEndsTheRunnersWorkAtOnce() throws CallFailed, IOException {
    try (Desks desks = fox()) {
      desks.runner.inject(Fault.stallAfter(2), Where.path("/completion"));
      try (Talk talk = desks.begin("/api/chat", HELLO + "}", Map.of())) {
        assertThat(talk.head().status()).isEqualTo(200);
      }
      desks.runner.awaitExchange("/completion", LONG).awaitCancelled(LONG);
    }
  }

  @Test
  void aCallerWhoLeavesWhileWaitingIsOutOfTheQueue() {
    try (Desks desks = fox()) {
      desks.keepsWaiting = true;
      Talk talk = desks.begin("/api/chat", HELLO + "}", Map.of());
      Await.until(() -> !desks.loads.isEmpty(), "a runner is asked for");
      talk.cancel();
      assertThat(desks.waiting).failsWithin(LONG);
      assertThat(desks.waiting.isCancelled()).isTrue();
    }
  }

  @Test
  void aModelThatRepeatsItselfIsStopped() {
    try (Desks desks =
        new Desks(folder, TestModel.loops("buzz", " buzz"), 4096).model("buzz", Desks.CHATML)) {
      JsonNode said =
          desks.ask("/api/chat", HELLO.replace("fox", "buzz") + ",'stream':false}").json();
      assertThat(said.path("done_reason").asText()).isEqualTo("length");
      assertThat(said.at("/message/content").asText().split(" buzz", -1)).hasSizeLessThan(40);
    }
  }

  @Test
  void cachedPromptsAreSharedWithinOneCallersRequestsOnly() {
    try (Desks desks = fox()) {
      desks.ask("/api/chat", HELLO + "}", Map.of(Tenant.HEADER, "ann"));
      assertThat(desks.asked().path("cache_scope").asText()).isEqualTo("ann");
      assertThat(desks.asked().path("cache_prompt").asBoolean()).isTrue();
      desks.kind = Facts.Kind.LLAMA_SERVER;
      desks.ask("/api/chat", HELLO + "}", Map.of(Tenant.HEADER, "ann"));
      assertThat(desks.asked().path("cache_prompt").asBoolean()).isFalse();
      desks.ask("/api/chat", HELLO + "}");
      assertThat(desks.asked().path("cache_prompt").asBoolean()).isTrue();
    }
  }
}
