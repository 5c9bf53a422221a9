package dev.corral.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The double of llama-server as a process, and how it misbehaves when it is told to.
class LlamaServerProcessTest {
  private static final String ENDLESS = "{\"prompt\": \"a\", \"stream\": true}";
  private static final String LISTENING = "listening on http://127.0.0.1:";

  @TempDir Path folder;
  private Process process;

  @AfterEach
  void stop() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  @Test
  void aFileThatIsNoModelIsRefusedInLlamaServersWords() throws Exception {
    Path file = Files.writeString(folder.resolve("text.gguf"), "no model");
    String said =
        new String(start(file, "").getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(said).contains("exiting due to model loading error");
    assertThat(process.waitFor()).isEqualTo(1);
  }

  @Test
  void aCrashInMidStreamLooksLikeAFailedAssertion() throws Exception {
    try (RawClient client = client("crash:3")) {
      client.post("/completion", ENDLESS).readHead();
      for (int i = 0; i < 3; i++) {
        assertThat(client.readChunk()).isPresent();
      }
      assertThatThrownBy(client::readChunk).isInstanceOf(AssertionError.class);
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(134);
  }

  @Test
  void aCutLeavesTheServerAlive() throws Exception {
    try (RawClient client = client("cut:2")) {
      client.post("/completion", ENDLESS).readHead();
      assertThatThrownBy(
              () -> {
                while (client.readChunk().isPresent()) {}
              })
          .isInstanceOf(AssertionError.class);
    }
    assertThat(process.isAlive()).isTrue();
  }

  @Test
  void aSilentPrefillIsSilentAndAClientThatLeavesFreesTheSlot() throws Exception {
    try (LlamaServerDouble server =
        LlamaServerDouble.start(
            LlamaServerDouble.Settings.of(TestModel.markov().getFirst())
                .pace(Pace.INSTANT.withPrefill(Fault.FOREVER)))) {
      try (RawClient client = RawClient.connect(server.port())) {
        client.post("/completion", ENDLESS);
        server.awaitExchange("/completion", Await.LONG);
      }
      server.exchanges("/completion").getFirst().awaitCancelled(Await.LONG);
      server.pace(Pace.INSTANT);
      assertThat(RawClient.post(server.port(), "/completion", "{\"prompt\": \"a\"}").status())
          .isEqualTo(200);
    }
  }

  private RawClient client(String faults) throws IOException {
    Path file = Files.writeString(folder.resolve("markov-loop.gguf"), "GGUF");
    start(file, faults);
    BufferedReader said = process.inputReader();
    String line = said.readLine();
    while (line != null && !line.contains(LISTENING)) {
      line = said.readLine();
    }
    assertThat(line).isNotNull();
    String port = line.substring(line.indexOf(LISTENING) + LISTENING.length());
    return RawClient.connect(Integer.parseInt(port));
  }

  private Process start(Path model, String faults) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(LlamaServerProcess.class.getName());
    command.addAll(List.of("--model", model.toString(), "--port", "0"));
    ProcessBuilder builder = PlainEnvironment.of(command).redirectErrorStream(true);
    builder.environment().put("LLAMA_DOUBLE", faults);
    process = builder.start();
    return process;
  }
}
