package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.blobs.Shop;
import dev.corral.testkit.Answer;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// A model that would call the time, and callers who demand another tool, any, or none.
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DemandedCallTest {
  private static final String CITY =
      "{'type':'object','properties':{'city':{'enum':['Rome','Oslo']}},'required':['city']}";

  private RunningCorral corral;

  @BeforeAll
  void start() throws IOException {
    corral = EngineFiles.start();
    String digest = corral.upload(Shop.tiny("markov-tool"));
    corral.post(
        "/api/create",
        "{'model':'caller','files':{'m.gguf':'"
            + digest
            + "'},'parameters':{'temperature':0},'stream':false}");
  }

  @AfterAll
  void stop() {
    if (corral != null) {
      corral.close();
    }
  }

  private static String tool(String name, String parameters) {
    return "{'type':'function','function':{'name':'%s','parameters':%s}}"
        .formatted(name, parameters);
  }

  private Answer openAi(String choice) {
    return corral.post(
        "/v1/chat/completions",
        "{'model':'caller','max_tokens':800,'messages':[{'role':'user','content':'x'}],'tools':["
            + tool(
                "get_time",
                "{'type':'object','properties':{'tz':{'enum':['UTC']}},'required':['tz']}")
            + ","
            + tool("get_weather", CITY)
            + "],'temperature':0,'tool_choice':"
            + choice
            + "}");
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
        corral.post(
            "/v1/messages",
            "{'model':'caller','max_tokens':800,'messages':[{'role':'user','content':'x'}],"
                + "'tools':"
                + tools
                + ",'tool_choice':{'type':'tool','name':'get_weather'}}");
    assertThat(answer.json().at("/content/0/name").asText())
        .as(answer.text())
        .isEqualTo("get_weather");
  }
}
