package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.model.Digest;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Body;
import dev.corral.testkit.Headers;
import dev.corral.testkit.RawClient;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// A model that would call the time, and callers who demand another tool, any, or none.
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DemandedCallTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String YAML =
      "engine: {enabled: \"true\"}\nbackends: []\nstore: {ollama: \"off\"}\n";
  private static final String CITY =
      "{'type':'object','properties':{'city':{'enum':['Rome','Oslo']}},'required':['city']}";

  private RunningCorral corral;

  @BeforeAll
  void start() throws IOException {
    assumeTrue(EngineFiles.natives().isPresent(), EngineFiles.HOW);
    System.setProperty("corral.natives", EngineFiles.natives().orElseThrow().toString());
    corral = RunningCorral.alone(YAML);
    try (InputStream packed = getClass().getResourceAsStream("/gguf/markov-tool.gguf.gz");
        InputStream in = new GZIPInputStream(Objects.requireNonNull(packed))) {
      byte[] file = in.readAllBytes();
      ask("/api/blobs/" + Digest.of(file), Body.of(file));
      ask(
          "/api/create",
          body(
              "{'model':'caller','files':{'m.gguf':'"
                  + Digest.of(file)
                  + "'},'parameters':{'temperature':0},'stream':false}"));
    }
  }

  @AfterAll
  void stop() {
    if (corral != null) {
      corral.close();
    }
  }

  private static Body body(String json) {
    return Body.of(json.replace('\'', '"'));
  }

  private Answer ask(String path, Body body) {
    try (RawClient client = RawClient.connect(corral.port(), PATIENCE, 0)) {
      return client.request("POST", path, Headers.of("Connection", "close"), body).answer();
    }
  }

  private static String tool(String name, String parameters) {
    return "{'type':'function','function':{'name':'%s','parameters':%s}}"
        .formatted(name, parameters);
  }

  private Answer openAi(String choice) {
    return ask(
        "/v1/chat/completions",
        body(
            "{'model':'caller','max_tokens':800,'messages':[{'role':'user','content':'x'}],'tools':["
                + tool(
                    "get_time",
                    "{'type':'object','properties':{'tz':{'enum':['UTC']}},'required':['tz']}")
                + ","
                + tool("get_weather", CITY)
                + "],'temperature':0,'tool_choice':"
                + choice
                + "}"));
  }

  private static JsonNode call(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json().at("/choices/0/message/tool_calls/0/function");
  }

  @Test
  void leftToItselfItCallsTheTime() {
    assertThat(call(openAi("'auto'")).path("name").asText()).isEqualTo("get_time");
  }

  @Test
  void theToolThatIsNamedIsCalledWithArgumentsOfItsSchema() {
    JsonNode call = call(openAi("{'type':'function','function':{'name':'get_weather'}}"));
    assertThat(call.path("name").asText()).isEqualTo("get_weather");
    assertThat(call.path("arguments").asText()).matches("\\{\\s*\"city\":\\s*\"(Rome|Oslo)\"\\s*}");
  }

  @Test
  void oneOfAllIsCalledWhereAnyIsDemanded() {
    Answer answer = openAi("'required'");
    assertThat(call(answer).path("name").asText()).as(answer.text()).startsWith("get_");
  }

  @Test
  void noToolsAreToldOfWhereNoneIsWanted() {
    Answer answer = openAi("'none'");
    assertThat(call(answer).isMissingNode()).isTrue();
    assertThat(answer.json().at("/choices/0/message/content").asText()).contains("quick brown");
  }

  @Test
  void aToolThatIsNotThereIsNamed() {
    Answer answer = openAi("{'type':'function','function':{'name':'get_rich'}}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/error/message").asText())
        .isEqualTo("tool_choice demands the tool 'get_rich', which is not among the tools");
  }

  @Test
  void anthropicsCallersDemandInTheirOwnWords() {
    String tools =
        "[{'name':'get_time','input_schema':{'type':'object'}},"
            + "{'name':'get_weather','input_schema':"
            + CITY
            + "}]";
    Answer answer =
        ask(
            "/v1/messages",
            body(
                "{'model':'caller','max_tokens':800,'messages':[{'role':'user','content':'x'}],"
                    + "'tools':"
                    + tools
                    + ",'tool_choice':{'type':'tool','name':'get_weather'}}"));
    assertThat(answer.json().at("/content/0/name").asText())
        .as(answer.text())
        .isEqualTo("get_weather");
  }
}
