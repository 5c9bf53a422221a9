package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.config.Loaded;
import dev.corral.config.Sources;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Body;
import dev.corral.testkit.Fault;
import dev.corral.testkit.Headers;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.OpenAiNode;
import dev.corral.testkit.RawClient;
import dev.corral.testkit.TestModel;
import dev.corral.testkit.Where;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What must not be told is planted everywhere, and then looked for everywhere.
class SecretsTest {
  private static final String BACKEND_KEY = "planted-backend-key-7391";
  private static final String PROMPT = "planted-prompt-5520";
  private static final String ANSWER = "planted-answer-8846";
  private static final String STRANGERS_KEY = "planted-strangers-key-1177";

  private final OllamaNode node =
      OllamaNode.builder().models(TestModel.says("vault", " It is " + ANSWER + ".")).start();
  private final OpenAiNode api =
      OpenAiNode.builder()
          .key(BACKEND_KEY)
          .models(TestModel.says("org/vault", " It is " + ANSWER + "."))
          .start();
  private final String yaml =
      """
      backends:
        - {name: one, url: "%s"}
        - {name: api, url: "%s", kind: openai, key: %s}
      """
          .formatted(node.url(), api.baseUrl(), BACKEND_KEY);
  private final RunningCorral corral = RunningCorral.alone(yaml);
  private final List<String> answers = new ArrayList<>();
  private String callersKey = "";
  private String last = "";

  @AfterEach
  void close() {
    corral.close();
    api.close();
    node.close();
  }

  @Test
  void noKeyNoPromptAndNoAnswerIsFoundWhereItDoesNotBelong() {
    callersKey = corral.key("app", "infer");
    corral.awaitUp(List.of("one", "api"));
    goodRequests();
    badRequests();
    managementAnswers();
    RunningCorral.await(() -> corral.log().contains(last), "the last exchange is in the log");
    assertThat(answers).hasSizeGreaterThan(15).allSatisfy(SecretsTest.this::clean);
    clean(corral.log());
  }

  @Test
  void settingsAsTextShowNoKey() {
    Loaded<Settings> loaded =
        Settings.load(new Sources(Map.of(), Map.of(), Path.of(""), corral.home(), null));
    assertThat(loaded).isInstanceOf(Loaded.Valid.class);
    assertThat(loaded.toString()).contains("api (openai)").doesNotContain(BACKEND_KEY);
  }

  private void goodRequests() {
    for (String model : List.of("vault", "org/vault")) {
      for (String stream : List.of("true", "false")) {
        Answer answer = chat(model, stream);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.text()).as("the caller gets the answer").contains("planted");
        answers.add(answer.headers().toString());
      }
    }
  }

  private void badRequests() {
    answers.add(chat("missing", "false").text());
    answers.add(chat("not a name", "false").text());
    answers.add(post("/api/chat", "{\"model\":\"vault\",\"messages\":\"" + PROMPT).text());
    answers.add(post("/v1/chat/completions", "[\"" + PROMPT + "\"]").text());
    answers.add(post("/api/delete?" + PROMPT, "{}").text());
    answers.add(ask("POST", "/api/chat", STRANGERS_KEY, "{}").text());
    answers.add(ask("GET", "/manage/keys", callersKey, "").text());
    for (Fault fault : List.of(Fault.serverError(), Fault.busy(), new Fault.Html())) {
      node.inject(fault, Where.inference().once());
      api.inject(fault, Where.inference().once());
      answers.add(chat("vault", "true").text());
      Answer failed = chat("org/vault", "true");
      answers.add(failed.text());
      last = failed.headers().first("X-Corral-Exchange").orElseThrow();
    }
  }

  private void managementAnswers() {
    for (String path :
        List.of(
            "/metrics",
            "/manage/status",
            "/manage/settings",
            "/manage/models",
            "/manage/backends",
            "/manage/keys",
            "/manage/requests",
            "/manage/session",
            "/manage/explain?model=vault")) {
      Answer answer = corral.manage("GET", path, "");
      assertThat(answer.status()).as(path).isEqualTo(200);
      answers.add(answer.text());
    }
    answers.add(corral.manage("POST", "/manage/backends/api/test", "{}").text());
  }

  private void clean(String text) {
    assertThat(text)
        .doesNotContain(BACKEND_KEY, PROMPT, ANSWER, STRANGERS_KEY, callersKey, corral.adminKey());
  }

  private Answer chat(String model, String stream) {
    return post(
        "/api/chat",
        "{\"model\":\"%s\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}"
            .formatted(model, stream, PROMPT));
  }

  private Answer post(String path, String json) {
    return ask("POST", path, callersKey, json);
  }

  private Answer ask(String method, String path, String key, String json) {
    try (RawClient client = RawClient.connect(corral.port())) {
      Headers headers =
          Headers.of("Authorization", "Bearer " + key, "Content-Type", "application/json");
      return client
          .request(method, path, headers.with("Connection", "close"), Body.of(json))
          .answer();
    }
  }
}
