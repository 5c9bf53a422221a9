package dev.corral.runner.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.corral.runner.TinyModels;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Await;
import dev.corral.testkit.Body;
import dev.corral.testkit.Headers;
import dev.corral.testkit.RawClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What whoever starts a runner relies on. The same stories are true of our own runner, of a real
/// llama-server and of its double. Two servers are asked: one that says a sentence, with two slots,
/// and one that counts for ever, with one.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RunnerContract {
  private static final String GREEDY = "\"temperature\": 0";

  /// Together far more than the slowest machine needs.
  private static final int ATTEMPTS = 100;

  private static final int LOOKS = 20;

  private static final String ENDLESS = "{\"prompt\": \"one\", \"n_predict\": 3500, " + GREEDY;

  private Child fox;
  private Child count;

  /// Starts a server with a model of [TinyModels], ready to answer.
  abstract Child start(String model, int context, int slots, boolean embeds);

  @BeforeAll
  final void startBoth() {
    fox = start("markov-a", 1024, 2, false);
    count = start("markov-loop", 4096, 1, false);
  }

  @AfterAll
  final void stopBoth() {
    if (fox != null) {
      fox.close();
    }
    if (count != null) {
      count.close();
    }
  }

  @Test
  void healthIsToldToAnybodyAndNothingElseIs() {
    assertThat(RawClient.get(fox.port(), "/health").status()).isEqualTo(200);
    for (String header : List.of("Bearer wrong", "Bearer ", "Basic " + Child.KEY)) {
      try (RawClient client = fox.connect()) {
        Answer answer =
            client
                .request("GET", "/props", Headers.of("Authorization", header), Body.EMPTY)
                .answer();
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.json().at("/error/type").asText()).isEqualTo("authentication_error");
      }
    }
    assertThat(RawClient.post(fox.port(), "/completion", "{}").status()).isEqualTo(401);
  }

  @Test
  void aPromptGoesOnToTheEndOfTheAnswer() {
    JsonNode answer = fox.ask("/completion", "{\"prompt\": \"hi\", " + GREEDY + "}");
    assertThat(answer.path("content").asText()).isEqualTo(TinyModels.SENTENCE);
    assertThat(answer.path("stop_type").asText()).isEqualTo("eos");
    assertThat(answer.path("stop").asBoolean()).isTrue();
    assertThat(answer.path("tokens_predicted").asInt()).isEqualTo(10);
    assertThat(answer.path("tokens_evaluated").asInt()).isPositive();
    assertThat(answer.at("/timings/predicted_n").asInt()).isEqualTo(10);
    assertThat(answer.at("/timings/prompt_n").asInt() + answer.at("/timings/cache_n").asInt())
        .isEqualTo(answer.path("tokens_evaluated").asInt());
  }

  @Test
  void aStreamCarriesEachTokenAndThenTheCounts() {
    Answer answer =
        fox.post("/completion", "{\"prompt\": \"hi\", \"stream\": true, " + GREEDY + "}");
    assertThat(answer.headers().first("Content-Type").orElse("")).startsWith("text/event-stream");
    List<JsonNode> frames = events(answer);
    StringBuilder text = new StringBuilder();
    for (JsonNode frame : frames.subList(0, frames.size() - 1)) {
      assertThat(frame.path("stop").asBoolean()).isFalse();
      text.append(frame.path("content").asText());
    }
    JsonNode last = frames.getLast();
    assertThat(text + last.path("content").asText()).isEqualTo(TinyModels.SENTENCE);
    assertThat(last.path("stop").asBoolean()).isTrue();
    assertThat(last.path("tokens_predicted").asInt()).isEqualTo(10);
    assertThat(last.path("timings").has("prompt_ms")).isTrue();
  }

  @Test
  void anAnswerEndsWhereItsLimitIs() {
    JsonNode answer =
        fox.ask(
            "/completion",
            "{\"prompt\": \"hi\", \"n_predict\": 3, \"return_tokens\": true, " + GREEDY + "}");
    assertThat(answer.path("content").asText()).isEqualTo(" The quick brown");
    assertThat(answer.path("stop_type").asText()).isEqualTo("limit");
    assertThat(answer.path("tokens")).hasSize(3);
  }

  @Test
  void aStopTextThatSpansTokensEndsTheAnswerBeforeIt() {
    JsonNode answer =
        fox.ask("/completion", "{\"prompt\": \"hi\", \"stop\": [\"ox jum\"], " + GREEDY + "}");
    assertThat(answer.path("content").asText()).isEqualTo(" The quick brown f");
    assertThat(answer.path("stop_type").asText()).isEqualTo("word");
    assertThat(answer.path("stopping_word").asText()).isEqualTo("ox jum");
  }

  @Test
  void tokensComeBackAsTheTextTheyCameFrom() {
    JsonNode tokens =
        fox.ask("/tokenize", "{\"content\": \" The quick<|im_end|>\"}").path("tokens");
    assertThat(tokens.size()).isEqualTo(3);
    assertThat(fox.ask("/detokenize", "{\"tokens\": " + tokens + "}").path("content").asText())
        .isEqualTo(" The quick<|im_end|>");
    JsonNode plain =
        fox.ask("/tokenize", "{\"content\": \"<|im_end|>\", \"parse_special\": false}");
    assertThat(plain.path("tokens")).isNotEqualTo(Json.array().add(tokens.get(2)));
    JsonNode pieces = fox.ask("/tokenize", "{\"content\": \" The\", \"with_pieces\": true}");
    assertThat(pieces.at("/tokens/0/piece").asText()).isEqualTo(" The");
  }

  @Test
  void aPromptMayMixTokensAndTexts() {
    JsonNode the = fox.ask("/tokenize", "{\"content\": \" The\"}").at("/tokens/0");
    JsonNode answer =
        fox.ask(
            "/completion",
            "{\"prompt\": [%s, \"<|im_end|>\", %s], \"n_predict\": 1, %s}"
                .formatted(the, the, GREEDY));
    assertThat(answer.path("tokens_evaluated").asInt()).isEqualTo(3);
  }

  @Test
  void probabilitiesNameTheTokenAndItsRivals() {
    JsonNode answer =
        fox.ask(
            "/completion",
            "{\"prompt\": \"hi\", \"n_predict\": 1, \"n_probs\": 1, " + GREEDY + "}");
    JsonNode first = answer.at("/completion_probabilities/0");
    assertThat(first.path("token").asText()).isEqualTo(" The");
    assertThat(first.path("bytes").toString()).isEqualTo("[32,84,104,101]");
    assertThat(first.path("logprob").asDouble()).isGreaterThan(-0.001);
    assertThat(first.path("top_logprobs")).hasSize(1);
  }

  @Test
  void aChatIsAnsweredInOpenAisShape() {
    String messages = "{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}], " + GREEDY;
    JsonNode whole = fox.ask("/v1/chat/completions", messages + "}");
    assertThat(whole.at("/choices/0/message/content").asText()).isEqualTo(TinyModels.SENTENCE);
    assertThat(whole.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    assertThat(whole.at("/usage/prompt_tokens").asInt()).isPositive();
    Answer streamed = fox.post("/v1/chat/completions", messages + ", \"stream\": true}");
    assertThat(streamed.events().getLast()).isEqualTo("[DONE]");
    StringBuilder text = new StringBuilder();
    for (JsonNode frame : events(streamed)) {
      text.append(frame.at("/choices/0/delta/content").asText(""));
    }
    assertThat(text.toString().replace("null", "")).isEqualTo(TinyModels.SENTENCE);
  }

  @Test
  void theTemplateIsShownAndApplied() {
    assertThat(fox.get("/props").path("chat_template").asText()).isNotEmpty();
    assertThat(fox.get("/props").path("total_slots").asInt()).isEqualTo(2);
    JsonNode prompt =
        fox.ask("/apply-template", "{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]}");
    assertThat(prompt.path("prompt").asText())
        .isEqualTo("<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n");
  }

  @Test
  void whatCannotBeAnsweredIsAnErrorWithWords() {
    for (String body : List.of("{bad", "{}", "{\"prompt\": {\"a\": 1}}")) {
      Answer answer = fox.post("/completion", body);
      assertThat(answer.status()).as(body).isGreaterThanOrEqualTo(400);
      assertThat(answer.json().at("/error/message").asText()).as(body).isNotEmpty();
      assertThat(answer.json().at("/error/code").asInt()).isEqualTo(answer.status());
    }
    assertThat(fox.post("/v1/chat/completions", "{}").status()).isEqualTo(400);
    assertThat(fox.post("/nowhere", "{}").json().at("/error/type").asText())
        .isEqualTo("not_found_error");
  }

  @Test
  void aPromptThatIsTooLongIsRefusedWithTheNumbers() {
    String prompt = " The quick".repeat(1500);
    for (String stream : List.of("true", "false")) {
      Answer answer =
          fox.post("/completion", "{\"prompt\": \"%s\", \"stream\": %s}".formatted(prompt, stream));
      assertThat(answer.status()).isEqualTo(400);
      JsonNode error = answer.json().path("error");
      assertThat(error.path("type").asText()).isEqualTo("exceed_context_size_error");
      assertThat(error.path("n_prompt_tokens").asInt()).isEqualTo(3000);
      assertThat(error.path("n_ctx").asInt()).isPositive().isLessThan(3000);
    }
  }

  @Test
  void fourStreamsAtOnceAllCome() {
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String body = "{\"prompt\": \"story %d\", \"stream\": true, %s}".formatted(i, GREEDY);
      answers.add(CompletableFuture.supplyAsync(() -> text(fox.post("/completion", body))));
    }
    assertThat(answers).allSatisfy(one -> assertThat(one.get()).isEqualTo(TinyModels.SENTENCE));
    awaitNobody(fox);
  }

  @Test
  void aClientThatLeavesInMidStreamFreesItsSlot() {
    try (RawClient client = count.connect()) {
      Child.send(client, "/completion", ENDLESS + ", \"stream\": true}").readHead();
      assertThat(client.readChunk()).isPresent();
    }
    awaitNobody(count);
    assertThat(
            count.ask("/completion", ENDLESS.replace("3500", "2") + "}").path("content").asText())
        .isNotEmpty();
  }

  @Test
  void aClientThatLeavesWhileNothingIsWrittenFreesItsSlotAndItsPlaceInTheQueue() {
    try (RawClient _ = atWork(count);
        RawClient behind = count.connect()) {
      Child.send(behind, "/completion", ENDLESS + "}");
      behind.reset();
    }
    awaitNobody(count);
  }

  /// A client for whom a long answer is being written. A quick model may have written all of it
  /// before a slow machine looks: then it is asked again.
  private static RawClient atWork(Child server) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      RawClient client = server.connect();
      Child.send(client, "/completion", ENDLESS + "}");
      for (int look = 0; look < LOOKS; look++) {
        if (server.busy() == 1) {
          return client;
        }
      }
      client.close();
    }
    throw new AssertionError("no slot was seen to be busy");
  }

  private static void awaitNobody(Child server) {
    Await.until(() -> server.busy() == 0, "no slot is busy");
  }

  @Test
  void textsBecomeVectorsThatTellHowNearTheyAre() {
    try (Child embed = start("markov-embed", 512, 1, true)) {
      String body = "{\"input\": [\"The quick brown\", \"The quick fox\", \"liquor jugs\"]}";
      JsonNode data = embed.ask("/v1/embeddings", body).path("data");
      assertThat(cosine(data.get(0), data.get(0))).isBetween(0.999, 1.001);
      assertThat(cosine(data.get(0), data.get(1))).isBetween(0.79, 0.81);
      JsonNode rows = embed.ask("/embedding", "{\"content\": \"The quick brown\"}");
      assertThat(rows.at("/0/embedding/0")).hasSameSizeAs(data.at("/0/embedding"));
    }
  }

  final Child fox() {
    return fox;
  }

  final Child count() {
    return count;
  }

  private static double cosine(JsonNode one, JsonNode other) {
    double sum = 0;
    for (int i = 0; i < one.path("embedding").size(); i++) {
      sum += one.at("/embedding/" + i).asDouble() * other.at("/embedding/" + i).asDouble();
    }
    return sum;
  }

  static String text(Answer answer) {
    StringBuilder text = new StringBuilder();
    events(answer).forEach(frame -> text.append(frame.path("content").asText()));
    return text.toString();
  }

  static List<JsonNode> events(Answer answer) {
    List<JsonNode> events = new ArrayList<>();
    for (String event : answer.events()) {
      if (!event.equals("[DONE]")) {
        events.add(json(event));
      }
    }
    return events;
  }

  private static JsonNode json(String text) {
    try {
      return new JsonMapper().readTree(text);
    } catch (IOException noJson) {
      throw new AssertionError(text, noJson);
    }
  }
}
