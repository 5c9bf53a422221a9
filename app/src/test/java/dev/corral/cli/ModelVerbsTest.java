package dev.corral.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.config.Whereabouts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelVerbsTest {
  private final String tags =
      """
      {"models":[{"name":"llama3.2:1b","modified_at":"%s","size":1321098329,\
      "digest":"baf6a787fdffd633537aa2eb51cfd54cb93ff08e"},{"name":"qwen3:latest","size":0}]}\
      """
          .formatted(OffsetDateTime.now(ZoneOffset.ofHours(1)).minusDays(6 * 365 + 100));

  @TempDir Path home;
  private Station station;
  private Typed typed;

  @BeforeEach
  void start() throws IOException {
    station = new Station().answering("GET /api/tags", 200, tags);
    typed = new Typed(home).at(station);
  }

  @AfterEach
  void stop() {
    station.close();
  }

  @Test
  void aScriptGetsTheColumnsOfOllamaWithTabsBetween() {
    assertThat(typed.run("list")).isZero();
    assertThat(typed.out().lines())
        .containsExactly(
            "NAME\tID\tSIZE\tMODIFIED",
            "llama3.2:1b\tbaf6a787fdff\t1.3 GB\t6 years ago",
            "qwen3:latest\t-\t-\t-");
  }

  @Test
  void withoutAnAddressTheServerIsAskedWhereTheConfigurationSays() throws IOException {
    String port = typed.environment.remove("CORRAL_URL").replaceAll(".*:", "");
    typed.environment.put("CORRAL_SERVER_PORT", port);
    assertThat(typed.run("list")).isZero();
    typed.environment.remove("CORRAL_SERVER_PORT");
    Files.writeString(home.resolve("corral.yaml"), "server: {port: " + port + "}");
    assertThat(typed.run("list")).isZero();
    assertThat(typed.out()).contains("llama3.2:1b");
  }

  @Test
  void aServerWhosePortCameByAFlagIsFoundByTheVerbsOfItsHome() throws IOException {
    String port = typed.environment.remove("CORRAL_URL").replaceAll(".*:", "");
    Whereabouts here = Whereabouts.here("0.0.0.0", Integer.parseInt(port));
    here.tell(home);
    assertThat(typed.run("list")).isZero();
    assertThat(typed.out()).contains("llama3.2:1b");

    new Whereabouts(1, "http://127.0.0.1:1").takeBack(home);
    assertThat(typed.run("list")).as("words of a later server stay").isZero();
    here.takeBack(home);
    assertThat(home.resolve("server.pid")).doesNotExist();
  }

  @Test
  void theWordsOfAServerThatWasKilledAreNotBelieved() throws Exception {
    String port = typed.environment.remove("CORRAL_URL").replaceAll(".*:", "");
    Files.writeString(home.resolve("corral.yaml"), "server: {port: " + port + "}");
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    new Whereabouts(gone.pid(), "http://127.0.0.1:1").tell(home);
    assertThat(typed.run("list")).isZero();
    Files.writeString(home.resolve("server.pid"), "half a li");
    assertThat(typed.run("list")).isZero();
  }

  @Test
  void aTerminalGetsColumnsThatStandBelowEachOther() {
    typed.onATerminal().run("ls", "LLAMA");
    assertThat(typed.out().lines())
        .containsExactly(
            "NAME           ID              SIZE      MODIFIED",
            "llama3.2:1b    baf6a787fdff    1.3 GB    6 years ago");
  }

  @Test
  void aProgramGetsOneDocumentWhereverTheOptionStands() {
    typed.run("--json", "list");
    String before = typed.out();
    typed.run("list", "--json");
    assertThat(typed.out()).isEqualTo(before).startsWith("[{\"name\":\"llama3.2:1b\"");
  }

  @Test
  void psTellsWhereAModelLiesAndHowLong() {
    station.answering(
        "GET /api/ps",
        200,
        """
        {"models":[{"name":"a","size":100,"size_vram":61,"context_length":4096,\
        "expires_at":"2318-01-01T00:00:00Z"},{"name":"b","size":100,"size_vram":0,\
        "expires_at":"2020-01-01T00:00:00Z"}]}\
        """);
    typed.run("ps");
    assertThat(typed.out())
        .contains("a\t-\t100 B\t39%/61% CPU/GPU\t4096\tForever")
        .contains("b\t-\t100 B\t100% CPU\t-\tStopping...");
  }

  @Test
  void aModelThatIsMissingIsNamedWithTheCommandThatPullsIt() {
    station.answering("POST /api/show", 404, "{\"error\":\"model 'nosuch' not found\"}");
    assertThat(typed.run("show", "nosuch")).isEqualTo(4);
    assertThat(typed.err())
        .isEqualTo("Error: model 'nosuch' not found\nPull it: corral pull nosuch\n");
  }

  @Test
  void nobodyIsToldToPullWhatShouldGo() {
    station.answering("DELETE /api/delete", 404, "{\"error\":\"model 'nosuch' not found\"}");
    assertThat(typed.run("rm", "nosuch")).isEqualTo(4);
    assertThat(typed.err()).isEqualTo("Error: model 'nosuch' not found\n");
  }

  @Test
  void aProgramGetsTheFailureAsADocumentToo() {
    station.answering("POST /api/show", 404, "{\"error\":\"model 'nosuch' not found\"}");
    typed.run("show", "nosuch", "--json");
    assertThat(typed.out()).isEmpty();
    assertThat(typed.err()).contains("\"exit\":4").contains("corral pull nosuch");
  }

  @Test
  void showPrintsAnOverviewOrOnePartOfIt() {
    station.answering(
        "POST /api/show",
        200,
        """
        {"details":{"parameter_size":"1.2B","quantization_level":"Q8_0"},"modelfile":"FROM x",\
        "model_info":{"general.architecture":"llama","llama.context_length":131072},\
        "capabilities":["completion"],"parameters":"stop   \\"<|eot|>\\"","license":"A\\nB\\nC"}\
        """);
    typed.run("show", "m");
    assertThat(typed.out())
        .contains("architecture      llama", "context length    131072", "stop    \"<|eot|>\"")
        .contains("    A\n    B\n    ...\n");
    assertThat(typed.out()).doesNotContain("Metadata");
    typed.run("show", "m", "--modelfile");
    assertThat(typed.out()).isEqualTo("FROM x\n");
    assertThat(typed.run("show", "m", "--modelfile", "--system")).isEqualTo(2);
  }

  @Test
  void aModelThatSeesShowsItsProjectorAsOllamaDoes() {
    station.answering(
        "POST /api/show",
        200,
        """
        {"details":{},"capabilities":["completion","vision"],"projector_info":{\
        "general.architecture":"clip","general.parameter_count":434000000,\
        "clip.vision.embedding_length":1024,"clip.vision.projection_dim":768}}\
        """);
    typed.run("show", "m");
    assertThat(typed.out())
        .contains(
            """
              Projector
                architecture        clip
                parameters          434.00M
                embedding length    1024
                dimensions          768
            """);
  }

  @Test
  void showTellsAllOfAModelToWhoWantsIt() {
    station.answering(
        "POST /api/show",
        200,
        """
        {"model_info":{"llama.vocab_size":5,"general.architecture":"llama",\
        "tokenizer.ggml.tokens":["a","b","c","d","e"]},\
        "tensors":[{"name":"output.weight","type":"Q6_K","shape":[64,5]}]}\
        """);
    assertThat(typed.run("show", "-v", "m")).as(typed.err()).isZero();
    assertThat(typed.out())
        .containsSubsequence(
            "  Metadata\n    general.architecture     llama\n    llama.vocab_size         5\n",
            "    tokenizer.ggml.tokens    [a, b, c, ...+2 more]\n",
            "  Tensors\n    output.weight    Q6_K [64 5]\n");
    assertThat(station.bodies("POST /api/show").getLast()).contains("\"verbose\":true");
  }

  @Test
  void stopRmAndCpSpeakAsOllamasOwnClientDoes() {
    station
        .answering("GET /api/ps", 200, "{\"models\":[{\"name\":\"a:latest\"}]}")
        .answering("POST /api/generate", 200, "{\"model\":\"a\",\"done\":true}")
        .answering("DELETE /api/delete", 200, "")
        .answering("POST /api/copy", 200, "");
    assertThat(typed.run("stop", "A")).isZero();
    assertThat(typed.out()).isEqualTo("stopped 'A'\n");
    assertThat(typed.run("cp", "a", "b")).isZero();
    assertThat(typed.run("rm", "a", "b")).isZero();
    assertThat(typed.out()).isEqualTo("deleted 'a'\ndeleted 'b'\n");
    assertThat(station.bodies("POST /api/generate").getFirst()).contains("\"keep_alive\":0");
    assertThat(Json.read(station.bodies("POST /api/copy").getFirst()))
        .isEqualTo(Json.read("{\"source\":\"a\",\"destination\":\"b\"}"));
    assertThat(station.bodies("DELETE /api/delete"))
        .containsExactly("{\"model\":\"a\"}", "{\"model\":\"b\"}");
  }

  @Test
  void stoppingWhatIsNotInMemoryTellsWhatIs() {
    station
        .answering("GET /api/ps", 200, "{\"models\":[{\"name\":\"hen:1b\"}]}")
        .answering("POST /api/generate", 200, "{\"model\":\"owl:1b\",\"done\":true}");
    assertThat(typed.run("stop", "owl:1b")).isZero();
    assertThat(typed.out()).isEqualTo("'owl:1b' was not in memory\n");
    station.answering(
        "POST /api/generate", 404, "{\"error\":\"model 'x' not found. Pull it: corral pull x\"}");
    assertThat(typed.run("stop", "x")).isEqualTo(4);
    assertThat(typed.err())
        .contains("no model 'x' that could be stopped", "In memory: hen:1b")
        .doesNotContain("pull");
    station.answering("GET /api/ps", 200, "{\"models\":[]}");
    assertThat(typed.run("stop", "x")).isEqualTo(4);
    assertThat(typed.err()).contains("No model is in memory");
  }

  @Test
  void withoutAServerTheCommandThatStartsOneIsNamed() {
    station.close();
    assertThat(typed.run("list")).isEqualTo(3);
    assertThat(typed.err()).contains("no server answers at", "Start it with: corral serve");
  }

  @Test
  void somethingElseOnThePortIsNoModelList() {
    station.answering("GET /api/tags", 200, "<html>hello</html>");
    assertThat(typed.run("list")).isEqualTo(1);
    assertThat(typed.err()).contains("neither a Corral nor an Ollama", "--url");
  }

  @Test
  void aWordThatIsNoVerbIsWrongUsage() {
    assertThat(typed.run("lst")).isEqualTo(2);
    assertThat(typed.err()).contains("there is no verb 'lst'", "Did you mean");
    assertThat(typed.run("list", "--bogus")).isEqualTo(2);
    assertThat(typed.run("--url", "http://a b", "list")).isEqualTo(2);
  }

  @Test
  void serveIsHandedToTheProgramWithItsSettings() {
    assertThat(typed.run("--home", "/x", "serve", "--port", "0")).isZero();
    assertThat(typed.served).containsExactly("serve", "--home", "/x", "--port", "0");
    typed.served.clear();
    assertThat(typed.run("-q", "--json", "serve")).isZero();
    assertThat(typed.served).containsExactly("serve", "--quiet", "--json");
    assertThat(typed.run("--url", "http://127.0.0.1:2", "serve")).isEqualTo(2);
    assertThat(typed.err()).contains("starts a server and asks none", "--port");
  }
}
