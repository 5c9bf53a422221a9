package dev.corral.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TranslationTest {
  private static final ObjectMapper JACKSON = new ObjectMapper();
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  /// Each look at the clock is a millisecond after the last.
  private final AtomicLong nanos = new AtomicLong();

  private final ToOpenAi translation =
      new ToOpenAi(InstantSource.fixed(NOON), () -> nanos.addAndGet(1_000_000));

  private Translation of(Call call, String request) {
    byte[] body = request.getBytes(UTF_8);
    return translation.of((Peeked.Body) Peek.at(call, body), body, "backend-name", "shown:latest");
  }

  private Translation.Ask ask(Call call, String request) {
    return (Translation.Ask) of(call, request);
  }

  private JsonNode asked(Call call, String request) throws IOException {
    ObjectNode told = (ObjectNode) JACKSON.readTree(ask(call, request).body());
    assertThat(told.remove("model").asText()).isEqualTo("backend-name");
    return told;
  }

  private static String answer(Translator translator, String body) {
    return answer(translator, body, body.getBytes(UTF_8).length);
  }

  private static String answer(Translator translator, String body, int cut) {
    byte[] bytes = body.getBytes(UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(translator.feed(bytes, 0, cut));
    out.writeBytes(translator.feed(bytes, cut, bytes.length - cut));
    out.writeBytes(translator.finish());
    return out.toString(UTF_8);
  }

  /// The lines without what differs from call to call.
  private static List<JsonNode> lines(String answer) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : answer.lines().toList()) {
      ObjectNode tree = (ObjectNode) JACKSON.readTree(line);
      tree.remove(
          List.of(
              "model",
              "created_at",
              "total_duration",
              "load_duration",
              "prompt_eval_duration",
              "eval_duration",
              "context"));
      lines.add(tree);
    }
    return lines;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "options":{"temperature":0.5,"top_p":0.9,"seed":7,"stop":["x"],"num_predict":9,"presence_penalty":1,"frequency_penalty":2,"num_ctx":4096,"top_k":3} | {"temperature":0.5,"top_p":0.9,"seed":7,"stop":["x"],"presence_penalty":1,"frequency_penalty":2,"max_tokens":9}
          "options":{"num_predict":-1},"keep_alive":"5m","truncate":true | {}
          "format":"json"                  | {"response_format":{"type":"json_object"}}
          "format":{"type":"object"}       | {"response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object"}}}}
          "format":""                      | {}
          "think":true                     | {"reasoning_effort":"medium"}
          "think":false                    | {"reasoning_effort":"none"}
          "think":"max"                    | {"reasoning_effort":"high"}
          "logprobs":true,"top_logprobs":2 | {"logprobs":true,"top_logprobs":2}
          "tools":[{"type":"function","function":{"name":"f"}}] | {"tools":[{"type":"function","function":{"name":"f"}}]}
          "tools":[]                       | {}
          """)
  void whatAChatAsksForIsAskedOfTheBackend(String members, String wanted) throws IOException {
    ObjectNode told =
        (ObjectNode)
            asked(
                Call.CHAT, "{\"messages\":[{\"role\":\"user\"}],\"stream\":false," + members + "}");
    told.remove("messages");
    assertThat(told).isEqualTo(JACKSON.readTree(wanted));
  }

  @Test
  void aStreamIsAskedForWithItsUsage() throws IOException {
    Translation.Ask ask = ask(Call.CHAT, "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
    assertThat(ask.path()).isEqualTo("/chat/completions");
    assertThat(ask.answer().contentType()).isEqualTo("application/x-ndjson");
    assertThat(JACKSON.readTree(ask.body()))
        .isEqualTo(
            JACKSON.readTree(
                """
                {"model":"backend-name","messages":[{"role":"user","content":"hi"}],
                 "stream":true,"stream_options":{"include_usage":true}}
                """));
  }

  @Test
  void messagesKeepTheirPicturesAndBindResultsToCalls() throws IOException {
    JsonNode told =
        asked(
            Call.CHAT,
            """
            {"stream":false,"messages":[
              {"role":"System","content":"be brief"},
              {"role":"user","content":"look","images":["iVBORw0KGgo=","/9j/4AAQ","UklGRgAAAABXQVZF"]},
              {"role":"assistant","content":"","thinking":"hm","tool_calls":[
                {"function":{"name":"f","arguments":{"a":1}}},
                {"id":"x","function":{"name":"g","arguments":{}}}]},
              {"role":"tool","tool_name":"g","content":"2"},
              {"role":"tool","content":"1"}]}
            """);
    assertThat(told.path("messages"))
        .isEqualTo(
            JACKSON.readTree(
                """
                [{"role":"system","content":"be brief"},
                 {"role":"user","content":[
                   {"type":"text","text":"look"},
                   {"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}},
                   {"type":"image_url","image_url":{"url":"data:image/jpeg;base64,/9j/4AAQ"}},
                   {"type":"input_audio","input_audio":{"data":"UklGRgAAAABXQVZF","format":"wav"}}]},
                 {"role":"assistant","content":"","tool_calls":[
                   {"id":"call_1","type":"function","function":{"name":"f","arguments":"{\\"a\\":1}"}},
                   {"id":"x","type":"function","function":{"name":"g","arguments":"{}"}}]},
                 {"role":"tool","content":"2","tool_call_id":"x"},
                 {"role":"tool","content":"1","tool_call_id":"call_1"}]
                """));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"prompt":"a"}                            | /chat/completions | {"messages":[{"role":"user","content":"a"}]}
          {"prompt":"a","system":"s"}               | /chat/completions | {"messages":[{"role":"system","content":"s"},{"role":"user","content":"a"}]}
          {"prompt":"a","raw":true}                 | /completions      | {"prompt":"a"}
          {"prompt":"a","suffix":"z"}               | /completions      | {"prompt":"a","suffix":"z"}
          {"prompt":"a","raw":true,"logprobs":true,"top_logprobs":3} | /completions | {"prompt":"a","logprobs":3}
          """)
  void aGenerateBecomesAChatOrACompletion(String request, String path, String wanted)
      throws IOException {
    String whole = request.replaceFirst("}$", ",\"stream\":false}");
    assertThat(ask(Call.GENERATE, whole).path()).isEqualTo(path);
    assertThat(asked(Call.GENERATE, whole)).isEqualTo(JACKSON.readTree(wanted));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          CHAT       | {"messages":[]}                | {"model":"shown:latest","created_at":"2026-11-21T12:00:00Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"load"}
          CHAT       | {"keep_alive":0}               | {"model":"shown:latest","created_at":"2026-11-21T12:00:00Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"unload"}
          GENERATE   | {"prompt":""}                  | {"model":"shown:latest","created_at":"2026-11-21T12:00:00Z","response":"","done":true,"done_reason":"load"}
          EMBED      | {"input":[]}                   | {"model":"shown:latest","embeddings":[]}
          EMBEDDINGS | {"prompt":""}                  | {"embedding":[]}
          """)
  void whatAsksNothingIsAnsweredAtOnce(Call call, String request, String wanted) {
    Translation.Answered answered = (Translation.Answered) of(call, request);
    assertThat(new String(answered.body(), UTF_8)).isEqualTo(wanted);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          GENERATE | {"prompt":"x","format":"yaml"}      | 500 | invalid format: "\\"yaml\\""; expected "json" or a valid JSON Schema object
          CHAT     | {"messages":[{}],"think":"hgh"}     | 400 | invalid think value: "hgh" (must be "high", "medium", "low", "max", true, or false)
          GENERATE | {"prompt":"x","top_logprobs":21}    | 400 | top_logprobs must be between 0 and 20
          GENERATE | {"prompt":"x","raw":true,"system":"s"} | 400 | raw mode does not support template, system, or context
          EMBED    | {"input":[1,2]}                     | 400 | invalid input type
          CHAT     | {"messages":"hi"}                   | 400 | json: cannot unmarshal string into Go struct field ChatRequest.messages of type []api.Message
          """)
  void whatCannotBeMeantIsRefusedInOllamasWords(
      Call call, String request, int status, String text) {
    Translation.Refused refused = (Translation.Refused) of(call, request);
    assertThat(refused.problem().status()).isEqualTo(status);
    assertThat(refused.problem().text()).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"v1-chat-stream-usage, chat-stream", "v1-chat-nostream, chat-nostream"})
  void ollamasOwnTwoDialectsSayTheSame(String openai, String ollama) throws IOException {
    Recording source = Recording.named(openai);
    Recording wanted = Recording.named(ollama);
    String request = new String(wanted.request(), UTF_8);
    String answered = answer(ask(Call.CHAT, request).answer(), new String(source.answer(), UTF_8));
    assertThat(lines(answered)).isEqualTo(lines(new String(wanted.answer(), UTF_8)));
  }

  @Test
  void aCompletionBecomesAGenerate() throws IOException {
    String stream = new String(Recording.named("v1-completions-stream-usage").answer(), UTF_8);
    List<JsonNode> lines =
        lines(answer(ask(Call.GENERATE, "{\"prompt\":\"Say\",\"raw\":true}").answer(), stream));
    assertThat(lines).hasSize(10);
    assertThat(lines.getFirst())
        .isEqualTo(JACKSON.readTree("{\"response\":\" The\",\"done\":false}"));
    assertThat(lines.getLast())
        .isEqualTo(
            JACKSON.readTree(
                """
                {"response":"","done":true,"done_reason":"stop","prompt_eval_count":53,"eval_count":10}
                """));
  }

  @Test
  void thinkingComesApartFromContent() throws IOException {
    String stream = new String(Recording.named("v1-chat-think-stream").answer(), UTF_8);
    List<JsonNode> lines =
        lines(answer(ask(Call.CHAT, "{\"messages\":[{\"role\":\"user\"}]}").answer(), stream));
    List<JsonNode> wanted = lines(new String(Recording.named("chat-think-stream").answer(), UTF_8));
    assertThat(lines.subList(0, 12)).isEqualTo(wanted.subList(0, 12));
    assertThat(lines.getLast().path("eval_count").asInt()).isEqualTo(12);
  }

  @Test
  void aToolCallInFragmentsIsToldOnceWithItsArgumentsAsAnObject() throws IOException {
    String stream =
        """
        data: {"choices":[{"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":""}}]}}]}

        data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\\"x\\":"}}]}}]}

        data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":" 1}"}},{"index":1,"id":"b","function":{"name":"g","arguments":"{}"}}]}}]}

        data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}

        data: [DONE]

        """;
    Translation.Ask ask = ask(Call.CHAT, "{\"messages\":[{\"role\":\"user\"}]}");
    assertThat(lines(answer(ask.answer(), stream)))
        .containsExactly(
            JACKSON.readTree(
                """
                {"message":{"role":"assistant","content":"","tool_calls":[
                  {"id":"a","function":{"index":0,"name":"f","arguments":{"x":1}}},
                  {"id":"b","function":{"index":1,"name":"g","arguments":{}}}]},"done":false}
                """),
            JACKSON.readTree(
                """
                {"message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","eval_count":1}
                """));
  }

  @Test
  void aCallWhoseArgumentsAreGarbledBecomesText() throws IOException {
    String whole =
        """
        {"choices":[{"message":{"content":null,"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{x"}}]},"finish_reason":"tool_calls"}]}
        """;
    Translation.Ask ask = ask(Call.CHAT, "{\"stream\":false,\"messages\":[{\"role\":\"user\"}]}");
    assertThat(lines(answer(ask.answer(), whole)).getFirst().path("message"))
        .isEqualTo(JACKSON.readTree("{\"role\":\"assistant\",\"content\":\"f({x)\"}"));
  }

  @ParameterizedTest
  @CsvSource({
    "v1-chat-stream",
    "v1-chat-stream-usage",
    "v1-chat-tools-stream",
    "v1-chat-think-stream",
    "stutter-v1-chat-stream"
  })
  void whereverTheStreamIsCutTheLinesAreTheSame(String name) throws IOException {
    String stream = new String(Recording.named(name).answer(), UTF_8);
    String request = "{\"messages\":[{\"role\":\"user\"}]}";
    List<JsonNode> whole = lines(answer(ask(Call.CHAT, request).answer(), stream));
    for (int cut = 0; cut < stream.length(); cut += 7) {
      assertThat(lines(answer(ask(Call.CHAT, request).answer(), stream, cut))).isEqualTo(whole);
    }
  }

  private End end(Call call, String request, String body) {
    boolean streamed = ((Peeked.Body) Peek.at(call, request.getBytes(UTF_8))).streamed();
    byte[] answered = answer(ask(call, request).answer(), body).getBytes(UTF_8);
    EndWatch watch = new EndWatch(call, streamed);
    watch.feed(answered, 0, answered.length);
    return watch.finish();
  }

  @Test
  void aBrokenStreamIsNoCompleteAnswerBehindTheTranslationEither() {
    String request = "{\"messages\":[{\"role\":\"user\"}]}";
    for (String broken : new String[] {"stutter-v1-chat-stream", "runner-killed-v1-chat-stream"}) {
      String stream = new String(Recording.named(broken).answer(), UTF_8);
      assertThat(end(Call.CHAT, request, stream)).isInstanceOf(End.NoTerminator.class);
    }
    String whole = new String(Recording.named("stutter-v1-chat-nostream").answer(), UTF_8);
    String unstreamed = "{\"stream\":false,\"messages\":[{\"role\":\"user\"}]}";
    assertThat(end(Call.CHAT, unstreamed, whole)).isInstanceOf(End.LateError.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          true  | data: {"error":{"message":"no room","code":500}} | no room
          true  | data: {"choices":                                | The backend sent a frame that is no JSON
          true  | {"choices":[]}                                   | The backend answered without a single frame
          true  | ``                                               | The backend answered without a single frame
          false | {"error":{"message":"no room"}}                  | no room
          false | {"object":"list"}                                | The backend answered 200 with something
          false | <html>                                           | The backend answered 200 with something
          """)
  void aFailureIsToldInOllamasShape(boolean streamed, String body, String text) throws IOException {
    String request = "{\"stream\":" + streamed + ",\"messages\":[{\"role\":\"user\"}]}";
    assertThat(
            lines(answer(ask(Call.CHAT, request).answer(), body)).getLast().path("error").asText())
        .startsWith(text);
    assertThat(end(Call.CHAT, request, body)).isInstanceOf(End.LateError.class);
  }

  @Test
  void durationsAreTheBackendsWhereItTellsThemElseMeasured() throws IOException {
    String request = "{\"messages\":[{\"role\":\"user\"}]}";
    String told =
        """
        data: {"choices":[{"delta":{"content":"a"},"finish_reason":"length"}],"timings":{"prompt_ms":1.5,"predicted_ms":2}}

        """;
    JsonNode last = last(answer(ask(Call.CHAT, request).answer(), told));
    assertThat(last.path("done_reason").asText()).isEqualTo("length");
    assertThat(last.path("prompt_eval_duration").asLong()).isEqualTo(1_500_000);
    assertThat(last.path("eval_duration").asLong()).isEqualTo(2_000_000);
    String silent =
        "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n".repeat(3) + "data: [DONE]\n\n";
    last = last(answer(ask(Call.CHAT, request).answer(), silent));
    assertThat(last.path("eval_count").asLong()).isEqualTo(3);
    assertThat(last.path("prompt_eval_duration").asLong()).isEqualTo(1_000_000);
    assertThat(last.path("eval_duration").asLong()).isEqualTo(2_000_000);
    assertThat(last.path("total_duration").asLong()).isEqualTo(4_000_000);
  }

  private static JsonNode last(String answer) throws IOException {
    return JACKSON.readTree(answer.lines().toList().getLast());
  }

  @Test
  void logprobsKeepOllamasShape() throws IOException {
    String chat =
        """
        {"choices":[{"message":{"content":"a"},"finish_reason":"stop","logprobs":{"content":[{"token":"a","logprob":-0.5,"bytes":[97],"top_logprobs":[]}]}}]}
        """;
    Translation.Ask ask = ask(Call.CHAT, "{\"stream\":false,\"messages\":[{\"role\":\"user\"}]}");
    assertThat(last(answer(ask.answer(), chat)).path("logprobs"))
        .isEqualTo(
            JACKSON.readTree(
                "[{\"token\":\"a\",\"logprob\":-0.5,\"bytes\":[97],\"top_logprobs\":[]}]"));
    String completion =
        """
        {"choices":[{"text":"a","finish_reason":"stop","logprobs":{"tokens":["a"],"token_logprobs":[-0.5],"top_logprobs":[{"a":-0.5,"b":-2}]}}]}
        """;
    ask = ask(Call.GENERATE, "{\"stream\":false,\"raw\":true,\"prompt\":\"x\"}");
    assertThat(last(answer(ask.answer(), completion)).path("logprobs"))
        .isEqualTo(
            JACKSON.readTree(
                """
                [{"token":"a","logprob":-0.5,"top_logprobs":[{"token":"a","logprob":-0.5},{"token":"b","logprob":-2.0}]}]
                """));
  }

  @Test
  void embeddingsComeInOrderCutAndOfLengthOne() throws IOException {
    Translation.Ask ask = ask(Call.EMBED, "{\"input\":[\"a\",\"b\"],\"dimensions\":2}");
    assertThat(ask.path()).isEqualTo("/embeddings");
    assertThat(JACKSON.readTree(ask.body()))
        .isEqualTo(
            JACKSON.readTree(
                "{\"model\":\"backend-name\",\"input\":[\"a\",\"b\"],\"encoding_format\":\"float\"}"));
    String answer =
        """
        {"object":"list","data":[
          {"object":"embedding","index":1,"embedding":"AAAAAAAAQEAAAAAA"},
          {"object":"embedding","index":0,"embedding":[3,4,12]}],
         "usage":{"prompt_tokens":5,"total_tokens":5}}
        """;
    assertThat(last(answer(ask.answer(), answer)).toString())
        .isEqualTo(
            "{\"model\":\"shown:latest\",\"embeddings\":[[0.6,0.8],[0.0,1.0]],"
                + "\"total_duration\":1000000,\"prompt_eval_count\":5}");
    assertThat(answer(ask(Call.EMBEDDINGS, "{\"prompt\":\"a\"}").answer(), answer))
        .startsWith("{\"embedding\":[0.2307692");
  }

  @Test
  void aListOfModelsReadsAsOllamas() throws IOException {
    JsonNode listing =
        JACKSON.readTree(
            """
            {"data":[{"id":"qwen","created":1795222040,"max_model_len":32768},
                     {"id":"nomic-embed","meta":{"n_params":137000000,"size":274000000,"n_ctx_train":2048}}]}
            """);
    JsonNode models = OpenAiModels.tags(listing).path("models");
    assertThat(models.path(0).path("modified_at").asText()).isEqualTo("2026-11-21T00:47:20Z");
    assertThat(models.path(0).path("digest").asText()).hasSize(64);
    assertThat(models.path(1).path("details").path("parameter_size").asText()).isEqualTo("0.1B");
    assertThat(models.path(1).path("size").asLong()).isEqualTo(274_000_000);
    assertThat(models.path(1).path("capabilities").path(0).asText()).isEqualTo("embedding");
    JsonNode show = OpenAiModels.show(listing.path("data").path(0));
    assertThat(show.path("model_info").path("unknown.context_length").asInt()).isEqualTo(32_768);
    assertThat(show.path("capabilities").path(0).asText()).isEqualTo("completion");
  }
}
