package dev.corral.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransfersTest {
  private static final String SUCCESS = "{\"status\":\"success\"}";

  private static final String SHA256_OF_WEIGHTS =
      "9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c";

  @TempDir Path home;
  private Station station;
  private Typed typed;

  @BeforeEach
  void start() throws IOException {
    station = new Station();
    typed = new Typed(home).at(station);
  }

  @AfterEach
  void stop() {
    station.close();
  }

  private static String layer(int completed) {
    return """
    {"status":"pulling 8eeb52dfb3bb","digest":"sha256:8eeb52dfb3bb9aef","total":1000,\
    "completed":%d}\
    """
        .formatted(completed);
  }

  private void pulling(String... lines) {
    station.on("POST /api/pull", (exchange, _) -> Station.lines(exchange, lines));
  }

  @Test
  void aPullShowsItsProgressOnStandardErrorAndItsEndOnStandardOutput() {
    pulling("{\"status\":\"pulling manifest\"}", layer(500), layer(1000), SUCCESS);
    assertThat(typed.run("pull", "llama3.2")).isZero();
    assertThat(typed.err()).contains("pulling manifest", "100% 1.0 KB/1.0 KB", "success");
    assertThat(typed.out()).isEqualTo("pulled 'llama3.2'\n");
  }

  @Test
  void quietIsQuietAndJsonIsOneObjectALine() {
    pulling(layer(1000), SUCCESS);
    typed.run("pull", "m", "--quiet");
    assertThat(typed.out() + typed.err()).isEmpty();
    typed.run("pull", "m", "--json");
    assertThat(typed.err()).isEmpty();
    assertThat(typed.out().lines()).hasSize(2).allMatch(line -> line.startsWith("{\"status\""));
  }

  @Test
  void aNameThatNoRegistryHasIsNoSuchThing() {
    pulling("{\"error\":\"pull model manifest: file does not exist\"}");
    assertThat(typed.run("pull", "nosuch")).isEqualTo(4);
    assertThat(typed.err()).contains("no registry has 'nosuch'", "Check the spelling");
  }

  @Test
  void aPullThatBreaksOffIsNeverASuccess() {
    pulling(layer(500));
    assertThat(typed.run("pull", "m")).isEqualTo(1);
    assertThat(typed.err()).contains("without saying that it is done", "Try again");
    assertThat(typed.out()).isEmpty();
  }

  @Test
  void createSendsEachFileOnceAndNamesItByItsDigest() throws IOException {
    Files.writeString(home.resolve("w.gguf"), "weights");
    Path modelfile = home.resolve("Modelfile");
    Files.writeString(
        modelfile,
        """
        # a plumber
        FROM ./w.gguf
        PARAMETER temperature 0.2
        PARAMETER stop "<a>"
        PARAMETER stop <b>
        SYSTEM \"""You are
        Mario.\"""
        MESSAGE user Hi
        """);
    String blob = "/api/blobs/sha256:" + SHA256_OF_WEIGHTS;
    station
        .on(
            "POST /api/create",
            (exchange, _) -> Station.lines(exchange, "{\"status\":\"writing manifest\"}", SUCCESS))
        .answering("POST " + blob, 201, "");
    assertThat(typed.run("create", "mario", "-f", modelfile.toString())).isZero();
    assertThat(station.bodies("POST " + blob)).contains("weights");
    station.answering("HEAD " + blob, 200, "");
    assertThat(typed.run("create", "mario", "-f", modelfile.toString())).isZero();
    assertThat(station.bodies("POST " + blob)).hasSize(1);
    JsonNode asked = Json.read(station.bodies("POST /api/create").getLast());
    assertThat(asked.path("files").path("w.gguf").asText())
        .isEqualTo(blob.substring("/api/blobs/".length()));
    assertThat(asked.path("system").asText()).isEqualTo("You are\nMario.");
    assertThat(asked.path("parameters").toString())
        .isEqualTo("{\"temperature\":0.2,\"stop\":[\"<a>\",\"<b>\"]}");
    assertThat(asked.path("messages").path(0).path("content").asText()).isEqualTo("Hi");
    assertThat(asked.has("from")).isFalse();
  }

  @Test
  void theLetterOfCreateMeansWhatItMeansToOllamasClient() {
    station.on("POST /api/create", (exchange, _) -> Station.lines(exchange, SUCCESS));
    typed.piping("FROM llama3.2\n");
    assertThat(typed.run("create", "small", "-q", "q4_K_M", "-f", "-")).as(typed.err()).isZero();
    assertThat(typed.out()).isEqualTo("created 'small'\n");
    JsonNode asked = Json.read(station.bodies("POST /api/create").getLast());
    assertThat(asked.path("quantize").asText()).isEqualTo("q4_K_M");
    typed.piping("FROM llama3.2\n");
    assertThat(typed.run("create", "small", "--quiet", "-f", "-")).as(typed.err()).isZero();
    assertThat(typed.out() + typed.err()).isEmpty();
    assertThat(typed.run("create", "--help")).isZero();
    assertThat(typed.out()).contains("-q, --quantize").doesNotContain("-q, --quiet");
    assertThat(typed.run("stop", "--help")).isZero();
    assertThat(typed.out()).contains("-q, --quiet");
  }

  @Test
  void aMistakeInAModelfileIsNamedWithItsLine() {
    typed.piping("FROM a\nPARAMETR x 1\n");
    assertThat(typed.run("create", "m", "-f", "-")).isEqualTo(2);
    assertThat(typed.err()).contains("Modelfile, line 2: 'PARAMETR' is no command");
    typed.piping("SYSTEM hello\n");
    typed.run("create", "m", "-f", "-");
    assertThat(typed.err()).contains("no FROM");
    typed.piping("FROM a\nSYSTEM \"\"\"open\n");
    typed.run("create", "m", "-f", "-");
    assertThat(typed.err()).contains("line 2", "has no end");
  }
}
