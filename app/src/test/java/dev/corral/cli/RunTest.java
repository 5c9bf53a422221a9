package dev.corral.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTest {
  private static final String THOUGHT = "{\"thinking\":\"hmm\",\"response\":\"\",\"done\":false}";
  private static final String WORD = "{\"response\":\"The fox\\u001b[2J\",\"done\":false}";
  private static final String END =
      "{\"response\":\"\",\"done\":true,\"total_duration\":1500000000,\"eval_count\":8,"
          + "\"eval_duration\":400000000}";

  @TempDir Path home;
  private Station station;
  private Typed typed;

  @BeforeEach
  void start() throws IOException {
    station = new Station().answering("POST /api/show", 200, "{\"capabilities\":[\"completion\"]}");
    typed = new Typed(home).at(station);
    answering(THOUGHT, WORD, END);
  }

  @AfterEach
  void stop() {
    station.close();
  }

  private void answering(String... lines) {
    station.on("POST /api/generate", (exchange, _) -> Station.lines(exchange, lines));
  }

  @Test
  void standardInputComesBeforeThePrompt() {
    typed.piping("some text\n");
    assertThat(typed.run("run", "m", "sum", "it", "up", "--keepalive", "-1", "--format", "json"))
        .isZero();
    assertThat(Json.read(station.bodies("POST /api/generate").getFirst()))
        .isEqualTo(
            Json.read(
                """
                {"model":"m","format":"json","keep_alive":-1,"prompt":"some text\\n sum it up"}\
                """));
  }

  @Test
  void aPipeGetsTheBytesOfTheAnswerAndNoThinking() {
    typed.run("run", "m", "go", "--verbose");
    assertThat(typed.out()).isEqualTo("The fox\u001b[2J\n");
    assertThat(typed.err()).contains("total duration:       1.500s", "20.00 tokens/s");
  }

  @Test
  void aTerminalGetsTheThinkingAndNothingThatSteersIt() {
    typed.onATerminal().run("run", "m", "go");
    assertThat(typed.out()).isEqualTo("Thinking...\nhmm\n...done thinking.\n\nThe fox[2J\n");
  }

  @Test
  void aModelThatIsMissingIsPulledFirst() {
    AtomicBoolean there = new AtomicBoolean();
    station
        .on(
            "POST /api/show",
            (exchange, _) ->
                Station.send(
                    exchange, there.get() ? 200 : 404, there.get() ? "{}" : "{\"error\":\"no\"}"))
        .on(
            "POST /api/pull",
            (exchange, _) -> {
              there.set(true);
              Station.lines(exchange, "{\"status\":\"success\"}");
            });
    assertThat(typed.run("run", "m", "go")).isZero();
    assertThat(typed.out()).startsWith("The fox");
  }

  @Test
  void aStreamThatBreaksOffIsAFailureBehindWhatCame() {
    answering(WORD);
    assertThat(typed.run("run", "m", "go")).isEqualTo(1);
    assertThat(typed.out()).startsWith("The fox");
    assertThat(typed.err()).contains("may not be whole");
    answering(WORD, "{\"error\":\"the runner has ended\"}");
    assertThat(typed.run("run", "m", "go")).isEqualTo(1);
    assertThat(typed.err()).contains("the runner has ended");
  }

  @Test
  void anEmbeddingModelAnswersWithNumbers() {
    station
        .answering("POST /api/show", 200, "{\"capabilities\":[\"embedding\"]}")
        .answering("POST /api/embed", 200, "{\"embeddings\":[[0.5,1]]}");
    typed.run("run", "m", "go");
    assertThat(typed.out()).isEqualTo("[0.5,1]\n");
    typed.run("run", "m", "--dimensions", "2", "--truncate=false", "go");
    assertThat(Json.read(station.bodies("POST /api/embed").getLast()))
        .isEqualTo(
            Json.read("{\"model\":\"m\",\"input\":\"go\",\"truncate\":false,\"dimensions\":2}"));
  }

  @Test
  void aModelThatSeesIsSentThePictureThatThePromptNames() throws IOException {
    Path cat = Files.write(home.resolve("cat.webp"), "RIFF0000WEBPVP8 ".getBytes(UTF_8));
    typed.run("run", "m", "what is on", cat.toString());
    assertThat(station.bodies("POST /api/generate").getLast()).contains("cat.webp");
    station.answering("POST /api/show", 200, "{\"capabilities\":[\"completion\",\"vision\"]}");
    assertThat(typed.run("run", "m", "what is on", cat.toString())).isZero();
    assertThat(Json.read(station.bodies("POST /api/generate").getLast()))
        .isEqualTo(
            Json.read(
                """
                {"model":"m","prompt":"what is on","images":["UklGRjAwMDBXRUJQVlA4IA=="]}\
                """));
    assertThat(typed.err()).contains("Added '" + cat + "'");
  }

  @Test
  void aTerminalBreaksLinesBetweenWordsUnlessItShallNot() {
    String line = "{\"response\":\"over the lazy dog\",\"done\":false}";
    answering(line, END);
    typed.onATerminal().wide(12).run("run", "m", "go");
    assertThat(typed.out().lines()).hasSize(2).last().isEqualTo("lazy dog");
    typed.run("run", "m", "--nowordwrap", "go");
    assertThat(typed.out()).isEqualTo("over the lazy dog\n");
  }

  @Test
  void withoutAPromptAndWithoutATerminalThereIsNothingToAsk() {
    assertThat(typed.run("run", "m")).isEqualTo(2);
    assertThat(typed.err()).contains("there is no prompt");
  }
}
