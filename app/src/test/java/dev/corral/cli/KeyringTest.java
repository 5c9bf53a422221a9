package dev.corral.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyringTest {
  private static final String ADMIN_KEY = "corral_admin_secret";

  @TempDir Path home;
  private Station station;
  private Typed typed;

  @BeforeEach
  void start() throws IOException {
    Files.writeString(home.resolve("admin.key"), ADMIN_KEY + "\n");
    station = new Station().on("GET /manage/keys", this::keys);
    typed = new Typed(home).at(station);
  }

  @AfterEach
  void stop() {
    station.close();
  }

  private void keys(HttpExchange exchange, String body) throws IOException {
    String shown = exchange.getRequestHeaders().getFirst("Authorization");
    boolean known = ("Bearer " + ADMIN_KEY).equals(shown) || "Bearer given".equals(shown);
    Station.send(exchange, known ? 200 : 401, known ? "[]" : "{\"detail\":\"who are you?\"}");
  }

  private void proving(String key) {
    station.on(
        "GET /manage/session",
        (exchange, _) -> {
          String challenge = exchange.getRequestHeaders().getFirst("X-Corral-Challenge");
          Station.send(exchange, 200, "{\"proof\":\"" + hmac(key, challenge) + "\"}");
        });
  }

  private static String hmac(String key, String challenge) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(challenge.getBytes(StandardCharsets.UTF_8)));
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void theAdminKeyIsShownToAServerThatProvesToHoldIt() {
    proving(ADMIN_KEY);
    assertThat(typed.run("keys", "list")).isZero();
  }

  @Test
  void theAdminKeyIsNeverShownToAServerThatDoesNotHoldIt() {
    proving("another key");
    assertThat(typed.run("keys", "list")).isEqualTo(5);
    assertThat(typed.err()).contains("who are you?", "--key");
    assertThat(station.asked).allMatch(asked -> asked.key().isEmpty());
  }

  @Test
  void aServerThatKnowsNoSessionsSeesNoKey() {
    assertThat(typed.run("keys", "list")).isEqualTo(5);
    assertThat(station.asked).allMatch(asked -> asked.key().isEmpty());
  }

  @Test
  void aKeyThatIsGivenIsShownAndTheOtherIsNot() {
    typed.environment.put("CORRAL_KEY", "given");
    assertThat(typed.run("keys", "list")).isZero();
    assertThat(typed.run("keys", "list", "--key", "wrong")).isEqualTo(5);
    assertThat(station.asked).noneMatch(asked -> asked.key().contains(ADMIN_KEY));
  }
}
