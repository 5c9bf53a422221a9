package dev.corral.dialect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PeekTest {
  private static final ObjectMapper JACKSON = new ObjectMapper();

  static {
    JACKSON
        .getFactory()
        .setStreamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(20_000).build());
  }

  private static Peeked peek(Call call, String body) {
    return Peek.at(call, body.getBytes(UTF_8));
  }

  private static Peeked.Body body(Call call, String body) {
    return (Peeked.Body) peek(call, body);
  }

  private static String bad(Call call, String body) {
    return ((Peeked.Bad) peek(call, body)).text();
  }

  @Test
  void aChatNamesItsModelAndWhereTheNameStands() {
    String text = "{\"messages\": [{\"model\": \"inner\"}], \"model\" : \"llama3.2:1b\"}";
    Peeked.Body body = body(Call.CHAT, text);
    assertThat(body.model())
        .isEqualTo(new Field.Text("llama3.2:1b", text.indexOf("\"llama3.2"), 13));
    assertThat(body.target()).isEqualTo("llama3.2:1b");
    assertThat(body.stream()).isNull();
    assertThat(body.streamed()).isTrue();
    assertThat(body.length()).isEqualTo(text.length());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"stream": true}   | true  | true
          {"stream": false}  | false | false
          {"STREAM": false}  | false | false
          {"ſtream": false}  | false | false
          {"stream": null}   | true  | false
          {}                 | true  | false
          null               | true  | false
          """)
  void theStreamIsAskedForOrTheDefaultOfTheDialect(String text, boolean ollama, boolean openai) {
    assertThat(body(Call.CHAT, text).streamed()).isEqualTo(ollama);
    assertThat(body(Call.V1_CHAT, text).streamed()).isEqualTo(openai);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"model": "a"}                | a
          {"Model": "a"}                | a
          {"MODEL": "a"}                | a
          {"\\u006dodel": "a"}          | a
          {"model": "\\u0061\\/\\tb"}   | a/\tb
          {"model": "\\ud83d\\ude00"}   | 😀
          {"model": "😀"}               | 😀
          {"model": "\\ud83dx"}         | �x
          {"model": "\\ude00"}          | �
          {"model": "\\ud83d\\ud83d\\ude00"} | �😀
          {"model": "a\\u0000b"}        | a\0b
          {"model": ""}                 | ``
          {"model": null}               | ``
          {"models": "a", "mode": "b"}  | ``
          {"name": "a"}                 | ``
          """)
  void aModelIsReadAsGoReadsIt(String text, String model) {
    assertThat(body(Call.GENERATE, text).target()).isEqualTo(model);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"name": "a"}               | a
          {"model": "", "name": "a"}  | a
          {"name": "a", "model": "b"} | b
          """)
  void theOldKeyOfAModelCountsWhereTheNewOneSaysNothing(String text, String model) {
    assertThat(body(Call.SHOW, text).target()).isEqualTo(model);
    assertThat(body(Call.DELETE, text).target()).isEqualTo(model);
  }

  @Test
  void aCopyHasASourceAndADestination() {
    Peeked.Body body = body(Call.COPY, "{\"source\":\"a\",\"destination\":\"b\",\"model\":7}");
    assertThat(body.target()).isEqualTo("a");
    assertThat(body.destination().orEmpty()).isEqualTo("b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"keep_alive": 0}            | true
          {"keep_alive": -0.0e7}       | true
          {"keep_alive": "0"}          | true
          {"keep_alive": "0s"}         | true
          {"\u212Aeep_alive": "0h0m"}  | true
          {"keep_alive": 0.5}          | false
          {"keep_alive": 10}           | false
          {"keep_alive": -1}           | false
          {"keep_alive": "5m"}         | false
          {"keep_alive": null}         | false
          {"options": {"keep_alive": 0}} | false
          {}                           | false
          """)
  void aKeepAliveOfZeroAsksToUnload(String text, boolean zero) {
    assertThat(body(Call.CHAT, text).keepAliveZero()).isEqualTo(zero);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"model": x}            | invalid character 'x' looking for beginning of value
          {"model"}               | invalid character '}' after object key
          {"model": "a" "b"}      | invalid character '"' after object key:value pair
          {"model": "a",}         | invalid character '}' looking for beginning of object key string
          {7: "a"}                | invalid character '7' looking for beginning of object key string
          [1 2]                   | invalid character '2' after array element
          [1,]                    | invalid character ']' looking for beginning of value
          {} x                    | invalid character 'x' after top-level value
          {}{}                    | invalid character '{' after top-level value
          1x                      | invalid character 'x' after top-level value
          tru7                    | invalid character '7' in literal true (expecting 'e')
          fals                    | unexpected EOF
          nul!                    | invalid character '!' in literal null (expecting 'l')
          -x                      | invalid character 'x' in numeric literal
          1.x                     | invalid character 'x' after decimal point in numeric literal
          1e+                     | unexpected EOF
          1ex                     | invalid character 'x' in exponent of numeric literal
          01                      | invalid character '1' after top-level value
          "a\\x"                  | invalid character 'x' in string escape code
          "\\u00g0"               | invalid character 'g' in \\u hexadecimal character escape
          'a'                     | invalid character '\\'' looking for beginning of value
          \\                      | invalid character '\\\\' looking for beginning of value
          {"model": "a            | unexpected EOF
          {"model": "a"           | unexpected EOF
          {                       | unexpected EOF
          -                       | unexpected EOF
          """)
  void whatIsNoJsonIsRefusedInGosWords(String text, String words) {
    assertThat(bad(Call.CHAT, text)).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          0   | \\x00
          7   | \\a
          8   | \\b
          11  | \\v
          31  | \\x1f
          127 | \\x7f
          128 | \\u0080
          160 | \\u00a0
          173 | \\u00ad
          239 | ï
          """)
  void aBytePrintsAsGoPrintsIt(int value, String shown) {
    byte[] body = {(byte) '1', (byte) value};
    Peeked.Bad bad = (Peeked.Bad) Peek.at(Call.CHAT, body);
    assertThat(bad.text()).isEqualTo("invalid character '" + shown + "' after top-level value");
  }

  @Test
  void aByteOrderMarkAControlCharacterAndGzipAreNoJson() {
    assertThat(bad(Call.CHAT, "\uFEFF{}"))
        .isEqualTo("invalid character 'ï' looking for beginning of value");
    assertThat(bad(Call.CHAT, "{\"a\": \"x\ny\"}"))
        .isEqualTo("invalid character '\\n' in string literal");
    assertThat(bad(Call.CHAT, "\u001F\u008B"))
        .isEqualTo("invalid character '\\x1f' looking for beginning of value");
  }

  @Test
  void bytesThatAreNoUtf8AreReplacedInsideAString() {
    byte[] text = "{\"model\": \"a?b\", \"?\": \"??\"}".replace('?', '\u00FF').getBytes(ISO_8859_1);
    assertThat(((Peeked.Body) Peek.at(Call.CHAT, text)).target()).isEqualTo("a\uFFFDb");
  }

  @ParameterizedTest
  @EnumSource
  void anEmptyBodyGetsTheWordsOfItsLayer(Call call) {
    String words = call.name().startsWith("V1_") ? "EOF" : "missing request body";
    assertThat(bad(call, "")).isEqualTo(words);
    assertThat(bad(call, " \r\n\t")).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          CHAT           | {"model": 7}            | number into Go struct field ChatRequest.model of type string
          GENERATE       | {"model": true}         | bool into Go struct field GenerateRequest.model of type string
          EMBED          | {"model": {}}           | object into Go struct field EmbedRequest.model of type string
          EMBEDDINGS     | {"model": []}           | array into Go struct field EmbeddingRequest.model of type string
          COPY           | {"source": 7}           | number into Go struct field CopyRequest.source of type string
          SHOW           | {"name": 7}             | number into Go struct field ShowRequest.name of type string
          V1_CHAT        | {"model": 7}            | number into Go struct field ChatCompletionRequest.model of type string
          V1_COMPLETIONS | {"model": 7}            | number into Go struct field CompletionRequest.model of type string
          V1_EMBEDDINGS  | {"model": 7}            | number into Go struct field EmbedRequest.model of type string
          V1_RESPONSES   | {"model": 7}            | number into Go struct field ResponsesRequest.model of type string
          V1_MESSAGES    | {"model": 7}            | number into Go struct field MessagesRequest.model of type string
          CHAT           | {"stream": "yes"}       | string into Go struct field ChatRequest.stream of type bool
          CHAT           | {"stream": 1, "model": 7} | number into Go struct field ChatRequest.stream of type bool
          CHAT           | []                      | array into Go value of type api.ChatRequest
          V1_CHAT        | "x"                     | string into Go value of type openai.ChatCompletionRequest
          V1_MESSAGES    | 7                       | number into Go value of type anthropic.MessagesRequest
          """)
  void aValueOfTheWrongTypeIsRefusedInGosWords(Call call, String text, String words) {
    assertThat(bad(call, text)).isEqualTo("json: cannot unmarshal " + words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          CHAT | {"model": "a", "model": "a"}      | model
          CHAT | {"model": "a", "MODEL": null}     | model
          CHAT | {"model": "a", "\\u006dodel": "b"} | model
          SHOW | {"name": "a", "Name": "b"}        | name
          COPY | {"source": "a", "ſource": "b"}    | source
          CHAT | {"stream": true, "Stream": false} | stream
          """)
  void aKeyThatStandsTwiceIsRefused(Call call, String text, String key) {
    assertThat(bad(call, text)).startsWith("the key \"" + key + "\" appears twice");
  }

  @Test
  void keysThatNobodyReadsMayStandTwice() {
    assertThat(body(Call.CHAT, "{\"name\":1,\"name\":2,\"x\":{\"model\":1,\"model\":2}}").target())
        .isEmpty();
  }

  @Test
  void badSyntaxIsToldBeforeABadValue() {
    assertThat(bad(Call.CHAT, "{\"model\": 7, \"model\": x}"))
        .isEqualTo("invalid character 'x' looking for beginning of value");
  }

  @Test
  void tenThousandLevelsAreTheLimitAsInGo() {
    assertThat(body(Call.CHAT, "{\"a\":" + "[".repeat(9_999) + "]".repeat(9_999) + "}").target())
        .isEmpty();
    assertThat(bad(Call.CHAT, "[".repeat(100_000)))
        .isEqualTo("invalid character '[' exceeded max depth");
    assertThat(bad(Call.CHAT, "{\"a\":".repeat(100_000)))
        .isEqualTo("invalid character '{' exceeded max depth");
  }

  @Test
  void aHugeNameIsCutAndItsPlaceIsStillRight() {
    String text = "{\"model\":\"" + "a".repeat(1_000_000) + "\",\"stream\":false}";
    Field.Text model = (Field.Text) body(Call.CHAT, text).model();
    assertThat(model.value()).hasSize(64 * 1024);
    assertThat(model.length()).isEqualTo(1_000_002);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          CHAT | {"a":1,"model":"x","b":"x"}  | {"a":1,"model":"y\\"z","b":"x"}
          CHAT | {"a":1,"MODEL": null}        | {"a":1,"MODEL": "y\\"z"}
          CHAT | {"a":1}                      | {"model":"y\\"z","a":1}
          CHAT |  { }                         | {"model":"y\\"z" }
          CHAT | null                         | {"model":"y\\"z"}
          SHOW | {"name":"x"}                 | {"name":"y\\"z"}
          SHOW | {"model":"","name":""}       | {"model":"y\\"z","name":""}
          COPY | {"source":"x"}               | {"source":"y\\"z"}
          """)
  void anotherNameIsCutIntoTheBodyAndTheRestStays(Call call, String text, String wanted) {
    byte[] result = body(call, text).retarget("y\"z").applied(text.getBytes(UTF_8));
    assertThat(new String(result, UTF_8)).isEqualTo(wanted);
  }

  @Test
  void randomDocumentsInRandomPiecesReadAsJacksonReadsThem() throws IOException {
    Random random = new Random(7);
    for (int round = 0; round < 2_000; round++) {
      String text = RandomJson.document(random);
      byte[] bytes = text.getBytes(UTF_8);
      JsonNode tree = JACKSON.readTree(bytes);
      Peeked.Body body = (Peeked.Body) inPieces(Call.CHAT, bytes, random);
      assertThat(body).as(text).isEqualTo(Peek.at(Call.CHAT, bytes));
      assertThat(body.target()).as(text).isEqualTo(tree.path("model").asText(""));
      JsonNode stream = tree.path("stream");
      assertThat(body.stream())
          .as(text)
          .isEqualTo(stream.isBoolean() ? stream.booleanValue() : null);
      JsonNode renamed = JACKSON.readTree(body.retarget("other").applied(bytes));
      assertThat(renamed.path("model").asText()).as(text).isEqualTo("other");
      assertThat(renamed.size()).isEqualTo(tree.size() + (tree.has("model") ? 0 : 1));
    }
  }

  @Test
  void noBytesWhateverMakeItThrowAndNothingBadPassesAsJson() {
    Random random = new Random(11);
    int valid = 0;
    for (int round = 0; round < 8_000; round++) {
      byte[] bytes = RandomJson.damaged(random);
      Peeked whole = Peek.at(Call.CHAT, bytes);
      assertThat(inPieces(Call.CHAT, bytes, random)).isEqualTo(whole);
      if (whole instanceof Peeked.Body) {
        valid++;
        assertThat(RandomJson.readable(bytes)).as(new String(bytes, UTF_8)).isTrue();
      }
    }
    assertThat(valid).isPositive();
  }

  @Test
  void bytesOutsideTheHeapReadTheSame() {
    byte[] bytes = ("{\"x\":\"" + "é".repeat(9_000) + "\",\"model\":\"a\"}").getBytes(UTF_8);
    ByteBuffer outside = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    Peek peek = new Peek(Call.CHAT);
    assertThat(peek.feed(outside)).isTrue();
    assertThat(outside.hasRemaining()).isFalse();
    assertThat(peek.finish()).isEqualTo(Peek.at(Call.CHAT, bytes));
  }

  @Test
  void readingStopsWhereNothingCanBecomeGoodAgain() {
    Peek peek = new Peek(Call.CHAT);
    assertThat(peek.feed("{\"model\": x".getBytes(UTF_8), 0, 11)).isFalse();
    assertThat(peek.feed("}".getBytes(UTF_8), 0, 1)).isFalse();
  }

  private static Peeked inPieces(Call call, byte[] bytes, Random random) {
    Peek peek = new Peek(call);
    int at = 0;
    while (at < bytes.length) {
      int length = Math.min(bytes.length - at, random.nextInt(12));
      peek.feed(bytes, at, length);
      at += length;
    }
    return peek.finish();
  }
}
