package dev.corral.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.Wiring;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Await;
import dev.corral.testkit.Body;
import dev.corral.testkit.Headers;
import dev.corral.testkit.RawClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;

/// A Corral that runs models itself, made of tiny files whose answers are known.
///
/// @param key of the operator
record EngineStage(Wiring corral, String key) implements Backend.Stage {
  private static final Path NATIVES = Path.of("../runner/natives").toAbsolutePath().normalize();
  private static final String ENDLESS = "markov-loop";
  private static final List<String> MODELS =
      List.of("markov-a", "markov-embed", "markov-tool", ENDLESS);
  private static final String YAML =
      "engine: {enabled: \"true\"}\nbackends: []\nstore: {ollama: \"off\", reserve: \"0\"}\n";

  static EngineStage start(Path home) throws IOException {
    assumeTrue(
        Files.isDirectory(NATIVES.resolve("cpu").resolve("node_modules")),
        "llama.cpp's libraries are not there; run npm ci --ignore-scripts in runner/natives/cpu");
    System.setProperty("corral.natives", NATIVES.toString());
    Wiring corral = Backend.corral(home, YAML);
    EngineStage stage =
        new EngineStage(corral, Files.readString(home.resolve("admin.key")).strip());
    for (String model : MODELS) {
      stage.create(model);
    }
    return stage;
  }

  private void create(String model) throws IOException {
    byte[] file = file(model);
    String digest = "sha256:" + sha256(file);
    ask("POST", "/api/blobs/" + digest, Body.of(file));
    // Greedy, so that the chain of words is the one that is known.
    String create =
        """
        {"model": "%s", "files": {"m.gguf": "%s"}, "parameters": {"temperature": 0}}\
        """
            .formatted(model, digest);
    ask("POST", "/api/create", Body.of(create));
  }

  private static byte[] file(String model) throws IOException {
    try (InputStream packed = EngineStage.class.getResourceAsStream("/gguf/" + model + ".gguf.gz");
        InputStream file = new GZIPInputStream(packed)) {
      return file.readAllBytes();
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private String ask(String method, String path, Body body) {
    Headers headers = Headers.of("Authorization", "Bearer " + key, "Connection", "close");
    try (RawClient client = RawClient.connect(port(), EveryClient.PATIENCE, 0)) {
      Answer answer = client.request(method, path, headers, body).answer();
      assertThat(answer.status()).as(answer.text()).isIn(200, 201);
      return answer.text();
    }
  }

  @Override
  public int port() {
    return corral.port();
  }

  @Override
  public List<String> models() {
    return MODELS.stream().map(name -> name + ":latest").toList();
  }

  @Override
  public String endless() {
    return ENDLESS;
  }

  @Override
  public void awaitCancelled(String chatPath) {
    Await.until(() -> left() && !inUse(), "the engine has let go");
  }

  private boolean left() {
    JsonNode newest = Json.tree(ask("GET", "/manage/requests", Body.of(""))).path(0);
    return newest.path("outcome").asText().equals("client-left");
  }

  private boolean inUse() {
    JsonNode runners =
        Json.tree(ask("GET", "/manage/status", Body.of(""))).path("engine").path("runners");
    return runners.valueStream().anyMatch(runner -> runner.path("inUse").asInt() > 0);
  }

  @Override
  public void close() {
    corral.close();
  }
}
