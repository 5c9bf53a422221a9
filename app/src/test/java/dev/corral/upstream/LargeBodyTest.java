package dev.corral.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.RunningCorral;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Body;
import dev.corral.testkit.ChaosProxy;
import dev.corral.testkit.Exchange;
import dev.corral.testkit.Fault;
import dev.corral.testkit.Headers;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RawClient;
import dev.corral.testkit.Where;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Bodies much larger than what lies in a socket, in both directions.
class LargeBodyTest {
  private static final int REQUEST_BYTES = 20_000_000;

  /// More than the kernel keeps for both connections together.
  private static final int ANSWER_BYTES = 48 << 20;

  private static final int SMALL_WINDOW = 4096;
  private static final Duration LONG = Duration.ofMinutes(3);

  private final OllamaNode node = OllamaNode.start();
  private final ChaosProxy line = ChaosProxy.to(node.port());
  private final RunningCorral corral =
      RunningCorral.alone(
          """
          backends: [{name: one, url: "http://127.0.0.1:%d"}]
          aliases: {short: markov-a}
          """
              .formatted(line.port()));

  @AfterEach
  void close() {
    corral.close();
    line.close();
    node.close();
  }

  @Test
  void fourRequestsOfTwentyMegabytesAtOnceArriveWholeAndTheirMemoryGoesBack()
      throws ExecutionException, InterruptedException {
    Body prompt = Body.of(request("markov-a"));
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> statuses = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        statuses.add(clients.submit(() -> post(prompt).status()));
      }
      for (Future<Integer> status : statuses) {
        assertThat(status.get()).isEqualTo(200);
      }
    }
    assertThat(node.exchanges("/api/generate"))
        .hasSize(4)
        .allSatisfy(seen -> assertThat(hash(seen)).isEqualTo(sha256(prompt)));
    awaitNothingHeld();
  }

  @Test
  void anAliasIsReplacedInALargeBodyAndNothingElseIs() {
    Answer answer = post(Body.of(request("short")));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    Body expected = Body.of(request("markov-a"));
    assertThat(hash(node.exchanges("/api/generate").getFirst())).isEqualTo(sha256(expected));
    awaitNothingHeld();
  }

  @Test
  void aClientThatLeavesInTheMiddleOfALargeBodyLeavesNothingBehind() {
    try (RawClient client = RawClient.connect(corral.port())) {
      client.send(
          "POST /api/generate HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
              .formatted(REQUEST_BYTES));
      client.send(new byte[REQUEST_BYTES / 2]);
      RunningCorral.await(() -> held() > 0, "the body is being held");
      client.reset();
    }
    awaitNothingHeld();
  }

  @Test
  void aReaderThatPausesPausesTheBackendAndStillGetsEverything() {
    Body answer = frames();
    node.inject(new Fault.RawBytes(whole(answer)), Where.inference().once());
    long before = line.bytesToClient();
    try (RawClient client = RawClient.connect(corral.port(), LONG, SMALL_WINDOW)) {
      client.post("/api/generate", "{\"model\":\"markov-a\",\"prompt\":\"hi\"}");
      RawClient.Head head = client.readHead();
      assertThat(head.status()).isEqualTo(200);
      long atRest = awaitRest();
      assertThat(atRest - before).as("bytes that Corral took").isLessThan(ANSWER_BYTES);
      Body read =
          head.headers().has("Content-Length") ? client.readBytes(answer.size()) : chunks(client);
      assertThat(sha256(read)).isEqualTo(sha256(answer));
    }
  }

  /// Waits until not a byte more has been taken while others were answered.
  private long awaitRest() {
    long[] seen = {-1};
    RunningCorral.await(
        () -> {
          long now = line.bytesToClient();
          boolean rests = now == seen[0];
          seen[0] = now;
          for (int i = 0; i < 10 && rests; i++) {
            assertThat(RawClient.get(corral.port(), "/metrics").status()).isEqualTo(200);
          }
          return rests && line.bytesToClient() == now;
        },
        "the backend is paused");
    return seen[0];
  }

  private static Body chunks(RawClient client) {
    List<Body> parts = new ArrayList<>();
    while (true) {
      var chunk = client.readChunk();
      if (chunk.isEmpty()) {
        return Body.join(parts);
      }
      parts.add(chunk.get().bytes());
    }
  }

  private Answer post(Body body) {
    try (RawClient client = RawClient.connect(corral.port(), LONG, 0)) {
      Headers json = Headers.of("Content-Type", "application/json");
      return client.request("POST", "/api/generate", json, body).answer();
    }
  }

  private void awaitNothingHeld() {
    RunningCorral.await(() -> held() == 0, "no body is held any more");
  }

  private long held() {
    String text = RawClient.get(corral.port(), "/metrics").text();
    return text.lines()
        .filter(sample -> sample.startsWith("corral_held_body_bytes "))
        .mapToLong(sample -> (long) Double.parseDouble(sample.split(" ", 2)[1]))
        .findFirst()
        .orElseThrow();
  }

  private static String request(String model) {
    String head = "{\"model\":\"" + model + "\",\"stream\":false,\"prompt\":\"";
    StringBuilder text = new StringBuilder(REQUEST_BYTES + 100).append(head);
    for (int i = 0; text.length() < REQUEST_BYTES - 100; i++) {
      text.append("word ").append(i).append(' ');
    }
    return text.append("\"}").toString();
  }

  private static Body frames() {
    String frame =
        "{\"model\":\"markov-a\",\"response\":\"%s\",\"done\":false}\n"
            .formatted("abcdefgh".repeat(8_000));
    StringBuilder text = new StringBuilder(ANSWER_BYTES + 100_000);
    while (text.length() < ANSWER_BYTES) {
      text.append(frame);
    }
    return Body.of(
        text.append("{\"model\":\"markov-a\",\"response\":\"\",\"done\":true}\n").toString());
  }

  private static Body whole(Body answer) {
    String head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nContent-Length: %d\r\n\r\n"
            .formatted(answer.size());
    return Body.join(List.of(Body.of(head), answer));
  }

  private static String hash(Exchange exchange) {
    return sha256(exchange.request().body());
  }

  private static String sha256(Body body) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(body.bytes()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
