package dev.corral.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Requests of OpenAI's and Anthropic's calls, read as Ollama's own compatibility layers read them.
class OwnRequestsTest {
  private static Fields fields(String struct, String json) {
    return Fields.read(struct, json.replace('\'', '"').getBytes(UTF_8));
  }

  private static String chat(String json) {
    return told(FromOpenAi::chat, "ChatCompletionRequest", json);
  }

  private static String told(
      Function<Fields, ? extends JsonNode> reading, String struct, String json) {
    return GoJson.text(reading.apply(fields(struct, json))).replace('"', '\'');
  }

  @Test
  void aChatSaysOpenAisTemperatureWhereTheCallerSaysNone() {
    assertThat(chat("{'model':'m','messages':[{'role':'user','content':'hi'}]}"))
        .isEqualTo(
            "{'model':'m','messages':[{'role':'user','content':'hi'}],"
                + "'options':{'temperature':1,'top_p':1},'stream':false,'logprobs':false,"
                + "'top_logprobs':0,'_debug_render_only':false}");
    assertThat(
            chat(
                "{'model':'m','messages':[{'role':'user','content':'hi'}],'max_tokens':5,'seed':7,"
                    + "'temperature':0,'top_p':0.5,'stop':'x','presence_penalty':1,"
                    + "'max_completion_tokens':3,'stream':true}"))
        .contains(
            "'options':{'stop':['x'],'num_predict':5,'temperature':0,'seed':7,"
                + "'presence_penalty':1,'top_p':0.5},'stream':true");
  }

  @Test
  void eachPartOfAMessageBecomesAMessage() {
    assertThat(
            chat(
                "{'model':'m','messages':[{'role':'user','content':["
                    + "{'type':'text','text':'a'},{'type':'text','text':'b'},"
                    + "{'type':'image_url','image_url':{'url':'data:image/png;base64,aGk='}}]}]}"))
        .contains(
            "'messages':[{'role':'user','content':'a'},{'role':'user','content':'b'},"
                + "{'role':'user','content':'','images':['aGk=']}]");
  }

  @Test
  void theResultOfAToolBearsTheNameOfTheCallThatAskedForIt() {
    assertThat(
            chat(
                "{'model':'m','messages':[{'role':'assistant','tool_calls':[{'id':'c1','type':"
                    + "'function','function':{'name':'f','arguments':'{\\'x\\':1}'}}]},"
                        .replace("\\'", "\\\"")
                    + "{'role':'tool','tool_call_id':'c1','content':'2'}]}"))
        .contains(
            "'messages':[{'role':'assistant','content':'','tool_calls':[{'id':'c1','function':"
                + "{'name':'f','arguments':{'x':1}}}]},"
                + "{'role':'tool','content':'2','tool_name':'f','tool_call_id':'c1'}]");
  }

  @ParameterizedTest
  @CsvSource({
    "none, 'think':false",
    "minimal, 'think':'low'",
    "high, 'think':'high'",
    "ultra, 'think':'max'",
  })
  void effortIsReadOnOllamasScale(String effort, String think) {
    String ask = "{'model':'m','messages':[{'role':'user','content':'x'}],'reasoning_effort':'";
    assertThat(chat(ask + effort + "'}")).contains(think);
  }

  @Test
  void aFormatIsJsonOrASchema() {
    String ask = "{'model':'m','messages':[{'role':'user','content':'x'}],'response_format':";
    assertThat(chat(ask + "{'type':'json_object'}}")).contains("'format':'json'");
    assertThat(chat(ask + "{'type':'json_schema','json_schema':{'schema':{'type':'array'}}}}"))
        .contains("'format':{'type':'array'}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'messages':[]} | [] is too short - 'messages'",
        "{'messages':[{'role':'user'}]} | invalid message content type: <nil>",
        "{'messages':[{'role':'user','content':7}]} | invalid message content type: float64",
        "{'messages':[{'role':'user','content':[{'type':'x'}]}]} | invalid message format",
        "{'messages':[{'role':'user','content':[{'type':'image_url','image_url':"
            + "{'url':'data:x'}}]}]} | invalid image input",
        "{'messages':[{'role':'a','tool_calls':[{'function':{'name':'f','arguments':'x'}}]}]} |"
            + " invalid tool call arguments",
        "{'messages':7} | json: cannot unmarshal number into Go struct field"
            + " ChatCompletionRequest.messages of type []openai.Message",
      })
  void whatCannotBeReadIsSaidInOllamasWords(String json, String text) {
    assertThatThrownBy(() -> chat(json)).isInstanceOf(Unread.class).hasMessage(text.strip());
  }

  @Test
  void aCompletionIsATextToContinue() {
    assertThat(
            told(
                FromOpenAi::completion,
                "CompletionRequest",
                "{'model':'m','prompt':'p','suffix':'s','stop':['a'],'logprobs':2}"))
        .isEqualTo(
            "{'model':'m','prompt':'p','suffix':'s','options':{'stop':['a'],'temperature':1,"
                + "'frequency_penalty':0,'presence_penalty':0,'top_p':1},'stream':false,"
                + "'logprobs':true,'top_logprobs':2,'_debug_render_only':false}");
  }

  @Test
  void responsesReadItemsIntoMessages() {
    assertThat(
            told(
                FromResponses::chat,
                "ResponsesRequest",
                "{'model':'m','instructions':'sys','input':["
                    + "{'type':'reasoning','encrypted_content':'hm'},"
                    + "{'type':'function_call','call_id':'c1','name':'f','arguments':'{}'},"
                    + "{'role':'assistant','content':[{'type':'output_text','text':'so'}]},"
                    + "{'type':'function_call_output','call_id':'c1','output':'2'},"
                    + "{'role':'user','content':'go'}],"
                    + "'tools':[{'type':'web_search'},{'type':'namespace','name':'n','tools':"
                    + "[{'type':'function','name':'g','parameters':{}}]}],"
                    + "'text':{'format':{'type':'json_schema','schema':{}}},"
                    + "'reasoning':{'effort':'low'}}"))
        .isEqualTo(
            "{'model':'m','messages':[{'role':'system','content':'sys'},"
                + "{'role':'assistant','content':'so','thinking':'hm','tool_calls':"
                + "[{'id':'c1','function':{'name':'f','arguments':{}}}]},"
                + "{'role':'tool','content':'2','tool_call_id':'c1'},"
                + "{'role':'user','content':'go'}],'options':{'temperature':1},'think':'low',"
                + "'tools':[{'type':'function','function':{'name':'n.g','parameters':{}}}],"
                + "'format':{},'stream':false}");
    assertThatThrownBy(
            () -> told(FromResponses::chat, "ResponsesRequest", "{'input':[{'type':'nope'}]}"))
        .hasMessage("input[0]: unknown input item type: \"nope\"");
  }

  @Test
  void messagesReadBlocksIntoMessages() {
    assertThat(
            told(
                FromMessages::chat,
                "MessagesRequest",
                "{'model':'m','max_tokens':9,'system':[{'type':'text','text':'sys'}],"
                    + "'stop_sequences':['x'],'thinking':{'type':'enabled'},'messages':["
                    + "{'role':'assistant','content':[{'type':'thinking','thinking':'hm'},"
                    + "{'type':'tool_use','id':'t1','name':'f','input':{'a':1}}]},"
                    + "{'role':'user','content':[{'type':'text','text':'and'},"
                    + "{'type':'tool_result','tool_use_id':'t1','content':[{'type':'text',"
                    + "'text':'2'}]}]}],"
                    + "'tools':[{'name':'f','description':'d','input_schema':{'type':'object'}},"
                    + "{'type':'web_search_20250305','name':'web_search'}]}"))
        .isEqualTo(
            "{'model':'m','messages':[{'role':'system','content':'sys'},"
                + "{'role':'assistant','content':'','thinking':'hm','tool_calls':"
                + "[{'id':'t1','function':{'name':'f','arguments':{'a':1}}}]},"
                + "{'role':'tool','content':'2','tool_call_id':'t1'},"
                + "{'role':'user','content':'and'}],"
                + "'tools':[{'type':'function','function':{'name':'f','description':'d',"
                + "'parameters':{'type':'object'}}}],'think':true,"
                + "'options':{'num_predict':9,'stop':['x']},'stream':false}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{} | model is required",
        "{'model':'m'} | max_tokens is required and must be positive",
        "{'model':'m','max_tokens':1} | messages is required",
        "{'model':'m','max_tokens':1,'messages':[{'role':'user','content':"
            + "[{'type':'tool_use'}]}]} | tool_use block missing required 'id' field",
        "{'model':'m','max_tokens':1,'messages':[{'role':'user','content':"
            + "[{'type':'image','source':{'type':'url'}}]}]} |"
            + " invalid image source type: url. Only base64 images are supported.",
      })
  void whatAnthropicsCallDemandsIsSaid(String json, String text) {
    assertThatThrownBy(() -> told(FromMessages::chat, "MessagesRequest", json))
        .isInstanceOf(Unread.class)
        .hasMessage(text.strip());
  }

  @Test
  void theGuessAtTokensIsAQuarterOfTheBytes() {
    Fields ask =
        fields("MessagesRequest", "{'messages':[{'role':'user','content':'Say the sentence'}]}");
    assertThat(FromMessages.guess(ask)).isEqualTo(5);
  }

  @Test
  void keysAreReadInAnyCaseAndNullIsNothing() {
    Fields fields = fields("X", "{'MODEL':'m','stream':null,'n':1.5}");
    assertThat(fields.text("model")).isEqualTo("m");
    assertThat(fields.maybeFlag("stream")).isNull();
    assertThatThrownBy(() -> fields.number("n"))
        .hasMessage("json: cannot unmarshal number 1.5 into Go struct field X.n of type int");
    assertThatThrownBy(() -> fields("X", "[]"))
        .hasMessage("json: cannot unmarshal array into Go value of type X");
  }
}
