package dev.corral.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.RouteWalk;
import dev.corral.RunningCorral;
import dev.corral.access.Route;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Body;
import dev.corral.testkit.Headers;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RawClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Who may come in, asked of the whole program.
class DoorTest {
  private static final String CHAT =
      "{\"model\":\"markov-a\",\"stream\":false,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  /// Twenty a minute are heard; who guesses slowly guesses more often.
  private static final int MOST_GUESSES = 1_000;

  private final OllamaNode node = OllamaNode.start();
  private final RunningCorral corral = RunningCorral.inFrontOf(node);

  @AfterEach
  void close() {
    corral.close();
    node.close();
  }

  @Test
  void beforeAKeyIsMadeThisMachineNeedsNone() {
    assertThat(ask("POST", "/api/chat", CHAT).status()).isEqualTo(200);
    assertThat(ask("GET", "/manage/status", "").status()).isEqualTo(200);
  }

  @Test
  void onceAKeyIsMadeNoRouteThatDemandsAScopeLetsAnybodyInWithoutOne() {
    corral.key("first", "infer");
    RouteWalk.nobodyEntersWithoutAKey(corral.port(), Set.of(Route.METRICS));
    assertThat(node.exchanges("/api/chat")).as("not a word reached the node").isEmpty();
  }

  @Test
  void aKeyMayWhatItsScopesSayAndIsToldWhichOneIsMissing() {
    String secret = corral.key("app", "infer");
    assertThat(ask("POST", "/api/chat", CHAT, bearer(secret)).status()).isEqualTo(200);
    Answer no = ask("DELETE", "/api/delete", "{\"model\":\"markov-a\"}", bearer(secret));
    assertThat(no.status()).isEqualTo(403);
    assertThat(no.text()).contains("'app'", "scope manage").doesNotContain(secret);
    assertThat(node.modelNames()).contains("markov-a:latest");
    assertThat(ask("GET", "/manage/keys", "", bearer(secret)).status()).isEqualTo(403);
  }

  @Test
  void aKeyWorksInEveryHeaderThatClientsUse() {
    String secret = corral.key("app", "infer");
    String basic = Base64.getEncoder().encodeToString(utf8("user:" + secret));
    assertThat(ask("POST", "/api/chat", CHAT, "Authorization", "Basic " + basic).status())
        .isEqualTo(200);
    assertThat(ask("POST", "/api/chat", CHAT, "X-Api-Key", secret).status()).isEqualTo(200);
    assertThat(
            ask("POST", "/api/chat", CHAT, "Authorization", "Bearer " + secret, "X-Api-Key", secret)
                .status())
        .as("the same key twice")
        .isEqualTo(200);
    Answer unknown = ask("POST", "/api/chat", CHAT, bearer("corral_not-one-of-ours"));
    assertThat(unknown.status()).isEqualTo(401);
    assertThat(unknown.text()).doesNotContain("not-one-of-ours");
  }

  @Test
  void whoTriesKeyAfterKeyIsToldToWaitAndLocksOutNobody() {
    String secret = corral.key("app", "infer");
    int tries = 0;
    Answer late = guess(tries);
    while (late.status() == 401 && tries < MOST_GUESSES) {
      tries++;
      late = guess(tries);
    }
    assertThat(late.status()).isEqualTo(429);
    assertThat(tries).as("heard before").isGreaterThanOrEqualTo(20);
    assertThat(late.headers().first("Retry-After")).isPresent();
    assertThat(late.text()).contains("Too many unknown keys", "wait");
    assertThat(ask("POST", "/api/chat", CHAT).status()).as("without a key").isEqualTo(401);
    assertThat(ask("POST", "/api/chat", CHAT, bearer(secret)).status()).isEqualTo(200);
  }

  private Answer guess(int number) {
    return ask("POST", "/api/chat", CHAT, bearer("corral_guess-" + number));
  }

  @Test
  void twoDifferentKeysAreAContradiction() {
    String one = corral.key("one", "infer");
    String two = corral.key("two", "infer");
    Answer answer =
        ask("POST", "/api/chat", CHAT, "Authorization", "Bearer " + one, "X-Api-Key", two);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text()).contains("two different keys");
  }

  @Test
  void theCallersKeyStaysHere() {
    String secret = corral.key("app", "infer");
    ask("POST", "/api/chat", CHAT, bearer(secret));
    ask("POST", "/api/chat", CHAT, "X-Api-Key", secret);
    assertThat(node.exchanges("/api/chat"))
        .hasSize(2)
        .allSatisfy(seen -> assertThat(seen.request().headers().toString()).doesNotContain(secret));
  }

  @Test
  void aRevokedKeyIsRefusedByTheNextRequest() {
    String keeps = corral.key("keeps", "infer");
    String goes = corral.key("goes", "infer");
    assertThat(ask("POST", "/api/chat", CHAT, bearer(goes)).status()).isEqualTo(200);
    assertThat(corral.manage("DELETE", "/manage/keys/goes", "").status()).isLessThan(300);
    Answer no = ask("POST", "/api/chat", CHAT, bearer(goes));
    assertThat(no.status()).isEqualTo(401);
    assertThat(no.text()).contains("'goes' was revoked");
    assertThat(ask("POST", "/api/chat", CHAT, bearer(keeps)).status()).isEqualTo(200);
  }

  @Test
  void aPageFromElsewhereMayNotManageAndMayNotAskOnOurModels() {
    String[] foreign = {"Origin", "https://evil.example"};
    Answer manage = ask("GET", "/manage/status", "", foreign);
    assertThat(manage.status()).isEqualTo(403);
    assertThat(manage.headers().has("Access-Control-Allow-Origin")).isFalse();
    assertThat(ask("DELETE", "/api/delete", "{\"model\":\"markov-a\"}", foreign).status())
        .isEqualTo(403);
    assertThat(ask("POST", "/api/chat", CHAT, foreign).status()).isEqualTo(403);
    assertThat(node.modelNames()).contains("markov-a:latest");
  }

  @Test
  void ourOwnPageMayDoBoth() {
    String[] own = {"Origin", corral.url(), "Content-Type", "application/json"};
    assertThat(ask("GET", "/manage/status", "", own).status()).isEqualTo(200);
    assertThat(ask("POST", "/api/chat", CHAT, own).status()).isEqualTo(200);
  }

  @Test
  void changesAreTakenAsJsonOnly() {
    Answer form = ask("POST", "/manage/keys", "name=x&scopes=admin", "Content-Type", "text/plain");
    assertThat(form.status()).isEqualTo(415);
    assertThat(form.text()).contains("application/json");
  }

  @Test
  void withoutKeysAStrangeNameOrAProxyIsSentAwayWithTheWayIn() {
    Answer rebound = ask("POST", "/api/chat", CHAT, "Host", "evil.example");
    assertThat(rebound.status()).isEqualTo(421);
    assertThat(rebound.text()).contains("server.hosts");
    Answer proxied = ask("POST", "/api/chat", CHAT, "X-Forwarded-For", "203.0.113.7");
    assertThat(proxied.status()).isEqualTo(421);
    assertThat(proxied.text()).contains("corral keys create");
    assertThat(node.exchanges("/api/chat")).isEmpty();
  }

  @Test
  void noRouteAtAllAnswersToAStrangeNameWhileNoKeysAreInForce() {
    RouteWalk.nobodyEntersUnderAStrangeName(corral.port());
  }

  @Test
  void aWrongKeyIsRefusedBeforeTheBodyIsReadAtAll() {
    corral.key("app", "infer");
    try (RawClient client = RawClient.connect(corral.port())) {
      client.send("POST /api/chat HTTP/1.1\r\nHost: localhost\r\n");
      client.send("Authorization: Bearer corral_wrong\r\nContent-Length: 10000000\r\n\r\n");
      assertThat(client.readHead().status()).isEqualTo(401);
      client.awaitClose();
    }
    assertThat(node.exchanges("/api/chat")).isEmpty();
  }

  @Test
  void whatIsNotInTheTableIsNotForwarded() {
    assertThat(ask("GET", "/api/../api/tags", "").status()).isEqualTo(404);
    assertThat(ask("GET", "/api/%74ags", "").status()).isEqualTo(404);
    assertThat(ask("POST", "/internal/debug", "{}").status()).isEqualTo(404);
    assertThat(ask("PUT", "/api/chat", CHAT).status()).isEqualTo(405);
    Answer managed = ask("PUT", "/manage/fit", "{}");
    assertThat(managed.status()).isEqualTo(405);
    assertThat(managed.headers().first("Content-Type")).hasValue("application/problem+json");
    assertThat(managed.headers().first("Allow")).hasValue("POST");
    assertThat(managed.json().path("next").asText()).isEqualTo("It takes: POST.");
    assertThat(node.exchanges("/internal/debug")).isEmpty();
  }

  private static String[] bearer(String secret) {
    return new String[] {"Authorization", "Bearer " + secret};
  }

  private Answer ask(String method, String path, String json, String... headers) {
    try (RawClient client = RawClient.connect(corral.port())) {
      Headers sent = Headers.of(headers).with("Connection", "close");
      return client.request(method, path, sent, Body.of(json)).answer();
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
