package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.blobs.Shop;
import dev.corral.testkit.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What nobody should send, sent to a Corral that runs a model itself: each is answered or refused
/// with a reason, and the next caller is served.
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OwnEngineBadInputTest {

  /// Each is a start of a runner, so fewer than of those that are only looked at.
  private static final int LOADED_DAMAGES = 8;

  private static final String FOX = " The quick brown fox jumps over the lazy dog.";

  private RunningCorral corral;

  @BeforeAll
  void start() throws IOException {
    corral = EngineFiles.start();
    byte[] file = Shop.tiny("markov-a");
    create("fox", file);
    create("mute", without(file, "tokenizer.chat_template"));
  }

  @AfterAll
  void stop() {
    if (corral != null) {
      corral.close();
    }
  }

  @AfterEach
  void theNextCallerIsServed() {
    assertThat(said(chat("fox", "x", ""))).isEqualTo(FOX);
  }

  private Answer chat(String model, String words, String more) {
    return corral.post(
        "/api/chat",
        "{'model':'%s','messages':[{'role':'user','content':'%s'}],'stream':false%s}"
            .formatted(model, words, more));
  }

  private static String said(Answer answer) {
    return answer.json().at("/message/content").asText();
  }

  private static String error(Answer answer) {
    return answer.json().path("error").asText();
  }

  private void create(String name, byte[] file) {
    String digest = corral.upload(file);
    Answer made =
        corral.post(
            "/api/create",
            "{'model':'%s','files':{'m.gguf':'%s'},'parameters':{'temperature':0},'stream':false}"
                .formatted(name, digest));
    assertThat(made.status()).as(made.text()).isEqualTo(200);
  }

  /// The same file with the key under a name that nobody reads.
  private static byte[] without(byte[] file, String key) {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    return text.replace(key, "x".repeat(key.length())).getBytes(StandardCharsets.ISO_8859_1);
  }

  /// A file that is whole and says what nobody can run.
  @Test
  void anArchitectureThatNobodyKnowsIsNamedInTheRefusal() throws IOException {
    create("strange", renamed(Shop.tiny("markov-a"), "llama", "zlama"));
    Answer refused = chat("strange", "x", "");
    assertThat(refused.status()).isEqualTo(500);
    assertThat(error(refused)).contains("strange", "zlama").doesNotContain(corral.home() + "");
  }

  /// What passes the look at its header reaches llama.cpp: it answers something, or its runner's
  /// end is told.
  @Test
  void damagesThatNoHeaderShowsAreAnsweredOrRefused() throws IOException {
    byte[] good = Shop.tiny("markov-a");
    Random random = new Random(11);
    for (int i = 0; i < LOADED_DAMAGES; i++) {
      byte[] damaged = good.clone();
      for (int n = 0; n < 50; n++) {
        damaged[good.length / 2 + random.nextInt(good.length / 2)] = (byte) random.nextInt(256);
      }
      create("damaged", damaged);
      Answer answer = chat("damaged", "x", ",'options':{'num_predict':3}");
      assertThat(answer.status()).as("damage %d: %s", i, answer.text()).isIn(200, 500);
      if (answer.status() == 500) {
        assertThat(error(answer)).contains("damaged").hasSizeGreaterThan(20);
      }
    }
  }

  /// The same file with an architecture, and all keys that begin with it, of another name.
  private static byte[] renamed(byte[] file, String from, String to) {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    return text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void fiftyThousandTokensLoseTheirMiddle() {
    Answer answer = chat("fox", "The quick ".repeat(25_000), ",'options':{'num_predict':3}");
    assertThat(said(answer)).isEqualTo(" The quick brown");
    assertThat(answer.json().path("prompt_eval_count").asInt()).isBetween(1, 4096);
  }

  @Test
  void fiftyThousandTokensAreRefusedWhereNothingMayBeCut() {
    Answer answer = chat("fox", "The quick ".repeat(25_000), ",'truncate':false,'shift':false");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(error(answer)).contains("exceeds the available context size (4096 tokens)");
  }

  @Test
  void anEmptyPromptAnswersNothing() {
    Answer answer = corral.post("/api/generate", "{'model':'fox','prompt':'','stream':false}");
    assertThat(answer.json().path("done_reason").asText()).isEqualTo("load");
    assertThat(chat("fox", "", "").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({"0, stop", "-1, stop", "-2, stop", "99999999999, stop", "1, length"})
  void anyNumberOfTokensMayBeAskedFor(String most, String reason) {
    Answer answer = chat("fox", "x", ",'options':{'num_predict':%s}".formatted(most));
    assertThat(answer.json().path("done_reason").asText()).isEqualTo(reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "0", "-7"})
  void aContextTooShortForAnythingIsLifted(String context) {
    Answer answer =
        chat("fox", "x", ",'options':{'num_ctx':%s,'num_predict':2}".formatted(context));
    assertThat(answer.status()).as(answer.text()).isIn(200, 400);
    assertThat(answer.text()).doesNotContain("unexpectedly");
  }

  @Test
  void aContextBeyondReasonIsCutToWhatTheModelWasTrainedFor() {
    Answer answer = chat("fox", "x", ",'options':{'num_ctx':99999999999}");
    assertThat(said(answer)).isEqualTo(FOX);
  }

  @Test
  void aModelWithoutATemplateIsGivenTheWordsAsTheyAre() {
    assertThat(said(chat("mute", "The quick", "")))
        .isEqualTo(" brown fox jumps over the lazy dog.");
  }

  @Test
  void aSchemaThatIsNestedAThousandTimesIsRefused() {
    String schema = "{'type':'array','items':".repeat(1000) + "{}" + "}".repeat(1000);
    Answer answer = chat("fox", "x", ",'format':" + schema);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(error(answer)).contains("nested");
  }

  @Test
  void aSchemaThatIsNestedAHundredTimesIsAnsweredOrRefused() {
    String schema = "{'type':'array','items':".repeat(100) + "{}" + "}".repeat(100);
    Answer answer = chat("fox", "x", ",'options':{'num_predict':4},'format':" + schema);
    assertThat(answer.status()).as(answer.text()).isIn(200, 400);
  }

  @Test
  void aSchemaThatRefersToItselfBindsTheAnswer() {
    String schema =
        "{'$defs':{'n':{'type':'object','properties':{'next':{'$ref':'#/$defs/n'}}}},"
            + "'$ref':'#/$defs/n'}";
    Answer answer = chat("fox", "x", ",'options':{'num_predict':4},'format':" + schema);
    assertThat(said(answer)).startsWith("{");
  }

  @Test
  void anExpressionThatExplodesIsRefusedInWords() {
    String schema = "{'type':'string','pattern':'^((a{1,99}){1,99}){1,99}$'}";
    Answer answer = chat("fox", "x", ",'format':" + schema);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(error(answer)).startsWith("The JSON schema cannot be used: at #/pattern");
  }

  @Test
  void twoCallersWithOneSeedGetOneAnswer() throws InterruptedException, ExecutionException {
    String options = ",'options':{'seed':7,'temperature':5,'top_k':0,'top_p':1,'num_predict':20}";
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> both =
          List.of(
              callers.submit(() -> said(chat("fox", "x", options))),
              callers.submit(() -> said(chat("fox", "x", options))));
      assertThat(both.get(0).get()).isEqualTo(both.get(1).get());
    }
  }

  @Test
  void aPictureIsRefusedInOllamasWords() {
    Answer answer = corral.post("/api/generate", "{'model':'fox','prompt':'x','images':['aGk=']}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(error(answer)).startsWith("Multimodal data provided");
  }

  @Test
  void aTemplateThatAttacksIsRefusedWithAReason() {
    for (String template : List.of("{{ range $i := .Messages }}", "{{ .Nothing.Of.It }}")) {
      Answer answer =
          corral.post(
              "/api/generate",
              "{'model':'fox','prompt':'x','stream':false,'template':'%s'}".formatted(template));
      assertThat(answer.status()).as(answer.text()).isIn(400, 500);
      assertThat(error(answer)).contains("template");
    }
  }

  @Test
  void whatAUserTypesIsNoTemplate() {
    JsonNode rendered =
        chat("fox", "{{ .System }} {% for x in y %}", ",'_debug_render_only':true")
            .json()
            .at("/_debug_info/rendered_template");
    assertThat(rendered.asText()).contains("{{ .System }} {% for x in y %}");
  }
}
