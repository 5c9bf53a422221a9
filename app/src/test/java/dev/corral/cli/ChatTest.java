package dev.corral.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.testkit.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ChatTest {
  private static final String END = "{\"message\":{\"content\":\"\"},\"done\":true}";

  @TempDir Path home;
  private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
  private final CountDownLatch hungUp = new CountDownLatch(1);
  private Station station;
  private PipedOutputStream keyboard;
  private Terminal terminal;
  private Thread conversation;

  @BeforeEach
  void start() throws IOException {
    station =
        new Station()
            .answering("POST /api/generate", 200, "{\"done\":true}")
            .answering("POST /api/show", 200, "{\"system\":\"Be brief.\"}")
            .on("POST /api/chat", this::chat);
    keyboard = new PipedOutputStream();
    terminal =
        new ExternalTerminal(
            "test", "dumb", new PipedInputStream(keyboard), seen, StandardCharsets.UTF_8);
    Run run = new Run();
    Root root = new Root(new Typed(home).at(station).surroundings());
    new CommandLine(root).addSubcommand("run", run);
    run.model = "m";
    Chat chat = new Chat(run, Json.read("{\"system\":\"Be brief.\"}"));
    conversation = Thread.ofVirtual().start(() -> chat.talk(terminal));
  }

  @AfterEach
  void stop() throws IOException {
    keyboard.close();
    terminal.close();
    station.close();
  }

  /// Says a word, and stays silent after it where it is asked to.
  private void chat(com.sun.net.httpserver.HttpExchange exchange, String body) throws IOException {
    if (!body.contains("be silent")) {
      Station.lines(exchange, "{\"message\":{\"content\":\"fox\"},\"done\":false}", END);
      return;
    }
    exchange.sendResponseHeaders(200, 0);
    var out = exchange.getResponseBody();
    try {
      while (true) {
        out.write(
            "{\"message\":{\"content\":\"begun\"},\"done\":false}\n"
                .getBytes(StandardCharsets.UTF_8));
        out.flush();
        Thread.sleep(20);
      }
    } catch (IOException | InterruptedException e) {
      hungUp.countDown();
    }
  }

  private void type(String line) throws IOException {
    keyboard.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    keyboard.flush();
  }

  private void awaitSeen(String words) {
    Await.until(
        () -> seen.toString(StandardCharsets.UTF_8).contains(words), "'" + words + "' is seen");
  }

  private void awaitEnd() throws InterruptedException {
    assertThat(conversation.join(Await.LONG)).isTrue();
  }

  @Test
  void whatWasSaidGoesAlongWithTheNextQuestion() throws Exception {
    type("one");
    awaitSeen("fox");
    type("\"\"\"two");
    type("lines\"\"\"");
    type("/bye");
    awaitEnd();
    assertThat(station.bodies("POST /api/chat")).hasSize(2);
    assertThat(Json.read(station.bodies("POST /api/chat").getLast()).path("messages"))
        .isEqualTo(
            Json.read(
                """
                [{"role":"user","content":"one"},{"role":"assistant","content":"fox"},\
                {"role":"user","content":"two\\nlines"}]\
                """));
  }

  @Test
  void interruptingStopsTheAnswerAndNotTheProgram() throws Exception {
    type("be silent");
    awaitSeen("begun");
    terminal.raise(Terminal.Signal.INT);
    assertThat(hungUp.await(Await.LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    type("/set parameter temperature 0.5");
    awaitSeen("Set parameter 'temperature' to '0.5'");
    type("/clear");
    type("again");
    awaitSeen("fox");
    type("/bye");
    awaitEnd();
    assertThat(Json.read(station.bodies("POST /api/chat").getLast()).path("options").toString())
        .isEqualTo("{\"temperature\":0.5}");
  }

  @Test
  void aSystemPromptMayHaveSeveralLines() throws Exception {
    type("/set system \"\"\"Be brief.");
    type("Be kind.\"\"\"");
    awaitSeen("Set system message.");
    type("one");
    awaitSeen("fox");
    type("/bye");
    awaitEnd();
    assertThat(Json.read(station.bodies("POST /api/chat").getLast()).path("messages").path(0))
        .isEqualTo(Json.read("{\"role\":\"system\",\"content\":\"Be brief.\\nBe kind.\"}"));
  }

  @Test
  void aPictureGoesAlongWithTheQuestionThatNamesIt() throws Exception {
    Path cat = Files.writeString(home.resolve("cat.webp"), "RIFF0000WEBPVP8 ");
    station.answering("POST /api/show", 200, "{\"capabilities\":[\"vision\"]}");
    type("/load seer");
    awaitSeen("Going on with 'seer'");
    type(cat + " what is it?");
    awaitSeen("fox");
    type("/bye");
    awaitEnd();
    assertThat(Json.read(station.bodies("POST /api/chat").getLast()).path("messages").path(0))
        .isEqualTo(
            Json.read(
                """
                {"role":"user","content":"what is it?","images":["UklGRjAwMDBXRUJQVlA4IA=="]}\
                """));
  }

  @Test
  void theCommandsTellAboutThemselvesAndTheModel() throws Exception {
    type("/?");
    awaitSeen("Available Commands");
    type("/show system");
    awaitSeen("Be brief.");
    type("/set system Be long.");
    type("/nonsense");
    awaitSeen("Unknown command '/nonsense'");
    type("/show system");
    awaitSeen("Be long.");
    type("/set format yaml");
    awaitSeen("Write it as: /set format json");
    type("/set nonsense");
    awaitSeen("Unknown command '/set nonsense'");
    type("/set nowordwrap");
    awaitSeen("Set 'nowordwrap' mode.");
    keyboard.close();
    awaitEnd();
  }
}
