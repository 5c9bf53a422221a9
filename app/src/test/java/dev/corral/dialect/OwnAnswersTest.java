package dev.corral.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Answers of Ollama's calls, told as OpenAI's and Anthropic's calls tell them. What was recorded
/// is replayed elsewhere; here is what no recording shows.
class OwnAnswersTest {
  private static final String TIME = "'created_at':'2026-11-21T00:47:11.5Z'";
  private static final String CALL =
      "'tool_calls':[{'id':'c','function':{'index':0,'name':'f','arguments':{'a':1}}}]";

  private static ObjectNode frame(String message, String more) {
    String json =
        "{'model':'m'," + TIME + ",'message':{'role':'assistant'," + message + "}," + more + "}";
    try {
      return (ObjectNode) Trees.read(json.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(json, e);
    }
  }

  private static List<String> told(Retelling telling, ObjectNode... frames) {
    List<String> events = new ArrayList<>();
    for (ObjectNode frame : frames) {
      telling.frame(frame).forEach(event -> events.add(plain(event.text())));
    }
    return events;
  }

  private static String plain(String text) {
    return text.strip()
        .replaceAll("(chatcmpl-|resp_|msg_|fc_|rs_)[0-9a-f]+(_\\d)?", "$1N")
        .replace('"', '\'');
  }

  private static final ObjectNode DONE =
      frame(
          "'content':''", "'done':true,'done_reason':'stop','prompt_eval_count':3,'eval_count':2");

  @Test
  void thinkingBesideACallGetsAChunkOfItsOwn() {
    List<String> events =
        told(
            new ChatRetelling(false),
            frame("'content':'','thinking':'hm'," + CALL, "'done':false"),
            DONE);
    assertThat(events).hasSize(4);
    assertThat(events.get(0)).contains("'delta':{'role':'assistant','reasoning':'hm'}");
    assertThat(events.get(1))
        .contains(
            "'delta':{'content':'','tool_calls':[{'id':'c','index':0,'type':'function',"
                + "'function':{'name':'f','arguments':'{\\'a\\':1}'}}]}");
    assertThat(events.get(2)).contains("'delta':{},'finish_reason':'tool_calls'");
    assertThat(events.get(3)).isEqualTo("data: [DONE]");
  }

  @Test
  void anAnswerWithoutAWordStillOpensWithItsRole() {
    List<String> events = told(new ChatRetelling(true), DONE);
    assertThat(events.getFirst()).contains("'delta':{'role':'assistant','content':''}");
    assertThat(events.get(2)).contains("'choices':[],'usage':{'prompt_tokens':3,");
  }

  @Test
  void responsesTellThinkingFirst() {
    Fields ask = Fields.read("ResponsesRequest", "{\"model\":\"m\"}".getBytes(UTF_8));
    List<String> events =
        told(
            new ResponsesRetelling(ask),
            frame("'content':'','thinking':'hm'", "'done':false"),
            frame("'content':'so'", "'done':false"),
            DONE);
    assertThat(events.stream().map(event -> event.lines().findFirst().orElseThrow().substring(7)))
        .containsExactly(
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.reasoning_summary_text.delta",
            "response.reasoning_summary_text.done",
            "response.output_item.done",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.completed");
    assertThat(events.getLast())
        .contains(
            "'output':[{'encrypted_content':'hm','id':'rs_N','summary':[{'type':'summary_text','text':'hm'"
                + "}],'type':'reasoning'},{'content':[");
  }

  @Test
  void messagesCloseABlockBeforeTheNextBegins() {
    List<String> events =
        told(
            new MessagesRetelling("m", 4),
            frame("'content':'','thinking':'hm'", "'done':false"),
            frame("'content':'so'", "'done':false"),
            frame("'content':''," + CALL, "'done':false"),
            DONE);
    assertThat(events.stream().map(event -> event.lines().findFirst().orElseThrow().substring(7)))
        .containsExactly(
            "message_start",
            "content_block_start",
            "content_block_delta",
            "content_block_stop",
            "content_block_start",
            "content_block_delta",
            "content_block_stop",
            "content_block_start",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop");
    assertThat(events.getFirst()).contains("'usage':{'input_tokens':4,'output_tokens':0}");
    assertThat(events.get(10)).contains("'stop_reason':'tool_use'");
  }

  @Test
  void aWholeMessageNamesEveryBlock() {
    ObjectNode whole =
        frame("'content':'so','thinking':'hm'," + CALL, "'done':true,'done_reason':'length'");
    assertThat(plain(GoJson.text(new MessagesRetelling("m", 4).whole(whole))))
        .isEqualTo(
            "{'id':'msg_N','type':'message','role':'assistant','model':'m','content':["
                + "{'type':'thinking','thinking':'hm'},{'type':'text','text':'so'},"
                + "{'type':'tool_use','id':'c','name':'f','input':{'a':1}}],"
                + "'stop_reason':'tool_use','usage':{'input_tokens':0,'output_tokens':0}}");
  }

  @Test
  void numbersAreWrittenAsGoWritesThem() {
    ObjectNode tree = Trees.object();
    tree.put("a", 1.0).put("b", 0.1f).put("c", 1e-7).put("d", 1e21).put("e", -0.5).put("f", 0.0);
    tree.put("g", 123456.789).put("h", 1e20).put("i", "<&>");
    assertThat(GoJson.text(tree))
        .isEqualTo(
            "{\"a\":1,\"b\":0.1,\"c\":1e-7,\"d\":1e+21,\"e\":-0.5,\"f\":0,\"g\":123456.789,"
                + "\"h\":100000000000000000000,\"i\":\"\\u003c\\u0026\\u003e\"}");
  }
}
