package dev.corral.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultTest {
  private static final Duration SOON = Await.LONG;
  private static final String CHAT =
      "{\"model\":\"markov-a\",\"messages\":[{\"role\":\"user\",\"content\":\"Go\"}],\"stream\":true}";

  private final OllamaNode node = OllamaNode.start();

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void aClosedListenerRefusesAndOpensAgainOnTheSamePort() {
    int port = node.port();
    node.refuse();
    assertThatThrownBy(() -> RawClient.connect(port)).isInstanceOf(UncheckedIOException.class);

    node.acceptAgain();
    assertThat(RawClient.get(port, "/").text()).isEqualTo("Ollama is running");
    assertThat(node.port()).isEqualTo(port);
  }

  @Test
  void aHangingListenerAcceptsAndSaysNothing() {
    node.acceptAndHang();
    try (RawClient client = RawClient.connect(node.port(), Duration.ofMillis(200), 0)) {
      client.post("/api/chat", CHAT);
      assertThatThrownBy(client::readHead).isInstanceOf(AssertionError.class);
    }
    assertThat(node.exchanges()).isEmpty();
  }

  @Test
  void aCutStreamIsResetAfterTheFramesThatWereAskedFor() {
    node.injectOnce(Fault.cutAfter(3));

    Answer cut = chat();
    assertThat(cut.lines()).hasSize(3);
    assertThat(cut.ending()).isEqualTo(Answer.Ending.RESET);
    assertThat(chat().complete()).as("only one request was struck").isTrue();
  }

  @Test
  void whatIsHeldComesOnceTheNodeIsHealed() {
    node.injectOnce(new Fault.Held(3));
    try (RawClient client = RawClient.connect(node.port())) {
      client.post("/api/chat", CHAT);
      client.readHead();
      for (int i = 0; i < 3; i++) {
        assertThat(client.readChunk()).isPresent();
      }
      assertThat(chat().complete()).as("only one request was struck").isTrue();
      assertThat(node.exchanges().getFirst().framesSent()).isEqualTo(3);

      node.heal();

      StringBuilder rest = new StringBuilder();
      for (var chunk = client.readChunk(); chunk.isPresent(); chunk = client.readChunk()) {
        rest.append(chunk.get().bytes().text());
      }
      assertThat(rest.toString()).contains("\"done\":true");
    }
  }

  @Test
  void aCutBeforeTheHeadSendsNotOneByte() {
    node.injectOnce(new Fault.CutBeforeHead());

    assertThat(chat().status()).isZero();
  }

  @Test
  void aCleanEndWithoutDoneLooksLikeAnOrdinaryEndToHttp() {
    node.injectOnce(Fault.cleanEndAfter(4));

    Answer answer = chat();
    assertThat(answer.complete()).isTrue();
    assertThat(answer.lines()).hasSize(4).noneMatch(line -> line.path("done").asBoolean());
  }

  @Test
  void halfAFrameIsHalfAFrame() {
    node.injectOnce(new Fault.HalfFrameAfter(1));

    Answer answer = chat();
    assertThat(answer.ending()).isEqualTo(Answer.Ending.CLOSED_EARLY);
    assertThat(answer.text().split("\n", -1)[1]).startsWith("{\"model\"").doesNotEndWith("}");
  }

  @Test
  void garbageStandsBetweenGoodLines() {
    node.injectOnce(new Fault.GarbageAfter(2));

    assertThat(chat().text().lines().toList().get(2)).isEqualTo("<!oops: not json");
  }

  @Test
  void aLateErrorHasTheMarkOfItsDialect() {
    node.inject(Fault.lateErrorAfter(2));

    assertThat(chat().lines().getLast().path("error").asText()).isEqualTo(Fault.RUNNER_DIED);
    List<String> events = post("/v1/chat/completions").events();
    assertThat(events).hasSize(3);
    assertThat(Body.of(events.getLast()).json().path("model").asText("?")).isEmpty();
    assertThat(post("/v1/messages").text()).doesNotContain("message_stop").doesNotContain("error");
    Answer whole =
        RawClient.post(
            node.port(),
            "/api/generate",
            "{\"model\":\"markov-a\",\"prompt\":\"x\",\"stream\":false}");
    assertThat(whole.status()).isEqualTo(500);
  }

  @Test
  void repeatsEndWithoutATerminatorAndUnstreamedWithoutDone() {
    node.inject(new Fault.Repeats());

    Answer streamed = chat();
    assertThat(streamed.complete()).isTrue();
    assertThat(streamed.lines()).hasSize(31).noneMatch(line -> line.path("done").asBoolean());
    assertThat(post("/v1/chat/completions").text()).doesNotContain("[DONE]");
  }

  @Test
  void busyIsToldInTheShapeOfTheRoute() {
    node.inject(Fault.busy());

    assertThat(chat().json().path("error").asText()).isEqualTo(Fault.BUSY);
    assertThat(post("/v1/messages").json().at("/error/type").asText())
        .isEqualTo("overloaded_error");
    assertThat(RawClient.get(node.port(), "/api/tags").status())
        .as("a listing is no inference")
        .isEqualTo(200);
  }

  @Test
  void aFaultStrikesOnlyWhereItWasAimed() {
    node.inject(Fault.serverError(), Where.path("/api/chat").model("markov-b").times(2));

    assertThat(chat().status()).isEqualTo(200);
    String other = CHAT.replace("markov-a", "markov-b");
    assertThat(RawClient.post(node.port(), "/api/chat", other).status()).isEqualTo(500);
    assertThat(RawClient.post(node.port(), "/api/chat", other).status()).isEqualTo(500);
    assertThat(RawClient.post(node.port(), "/api/chat", other).status()).isEqualTo(200);
  }

  @Test
  void aWrongServerAnswersWithAPageARedirectOrTwoLengths() {
    node.injectOnce(new Fault.Html());
    node.injectOnce(new Fault.Redirect(302, "http://127.0.0.1:1/"));
    node.injectOnce(new Fault.TwoLengths());

    assertThat(chat().headers().first("Content-Type")).contains("text/html; charset=utf-8");
    assertThat(chat().headers().first("Location")).contains("http://127.0.0.1:1/");
    assertThat(chat().headers().all("Content-Length")).containsExactly("2", "5");
  }

  @Test
  void aClientThatLeavesInASilentPrefillIsNoticedAtOnce() {
    node.injectOnce(Fault.silentPrefill(Fault.FOREVER));
    RawClient client = RawClient.connect(node.port());
    client.post("/api/chat", CHAT);
    Exchange exchange = node.awaitExchange("/api/chat", SOON);

    long left = client.reset();

    assertThat(exchange.awaitCancelled(SOON)).isGreaterThan(left);
    assertThat(exchange.framesSent()).isZero();
  }

  @Test
  void aHalfClosedClientCountsAsGone() {
    node.injectOnce(Fault.stallAfter(2));
    try (RawClient client = RawClient.connect(node.port())) {
      client.post("/api/chat", CHAT);
      client.readHead();
      client.readChunk();
      client.readChunk();
      client.halfClose();

      Exchange exchange = node.awaitExchange("/api/chat", SOON);
      exchange.awaitCancelled(SOON);
      assertThat(exchange.framesSent()).isEqualTo(2);
    }
  }

  @Test
  void anEndlessModelTalksUntilTheClientLeaves() {
    node.injectOnce(new Fault.Endless());
    RawClient client = RawClient.connect(node.port());
    client.post("/api/chat", CHAT);
    client.readHead();
    for (int i = 0; i < 100; i++) {
      assertThat(client.readChunk()).isPresent();
    }
    client.reset();

    node.awaitExchange("/api/chat", SOON).awaitCancelled(SOON);
  }

  @Test
  void aCrashResetsWhatIsOpenAndRefusesWhatIsNew() {
    node.injectOnce(Fault.stallAfter(1));
    try (RawClient client = RawClient.connect(node.port())) {
      client.post("/api/chat", CHAT);
      client.readHead();
      node.crash();
      assertThat(client.awaitClose()).isEqualTo(Answer.Ending.RESET);
    }
    node.heal();
    assertThat(chat().status()).isEqualTo(200);
  }

  private Answer chat() {
    return post("/api/chat");
  }

  private Answer post(String path) {
    String body = CHAT.replace("\"stream\"", "\"max_tokens\":64,\"stream\"");
    return RawClient.post(node.port(), path, body);
  }
}
