package dev.corral.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.db.Database;
import dev.corral.db.DatabaseSettings;
import dev.corral.db.Opening;
import dev.corral.db.Schema;
import dev.corral.wire.Problem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class AccessTest {
  @TempDir private static Path home;
  private static Database database;
  private final SteppedClock clock = new SteppedClock();
  private Keys keys;
  private AdminKey admin;
  private Access access;

  @BeforeAll
  static void openDatabase() {
    if (Database.open(DatabaseSettings.defaults(), home.resolve("corral.db"), Schema.CORRAL)
        instanceof Opening.Opened(var opened, _)) {
      database = opened;
    }
  }

  @AfterAll
  static void closeDatabase() {
    database.close();
  }

  @BeforeEach
  void open() {
    if (AdminKey.ensure(home) instanceof AdminKey.Found.Ready(var key)) {
      admin = key;
    }
    keys = Keys.open(database, clock);
    access = new Access(keys, admin, new Access.Rules(false, false), clock);
  }

  @AfterEach
  void close() {
    keys.close();
    database.inTransaction(sql -> sql.update("delete from access_key"));
  }

  @ParameterizedTest
  @EnumSource
  void untilAKeyIsMadeEverythingIsOpenWhateverIsShown(Route route) {
    for (Credentials shown :
        List.of(
            new Credentials.None(),
            new Credentials.Shown("ollama"),
            new Credentials.Contradiction(),
            new Credentials.Unusable())) {
      assertThat(access.judge(route, shown)).isEqualTo(new Decision.Allowed(new Caller.Local()));
    }
    assertThat(access.keysInForce()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void onceAKeyIsMadeEveryRouteWantsItsScope(Route route) {
    Map<Scope, String> secrets = new EnumMap<>(Scope.class);
    for (Scope scope : Scope.values()) {
      secrets.put(scope, make(scope.word() + "-key", scope));
    }
    boolean open = route.demand().isEmpty() || route == Route.METRICS;

    assertThat(status(route, new Credentials.None())).isEqualTo(open ? 200 : 401);
    assertThat(status(route, new Credentials.Shown("wrong"))).isEqualTo(open ? 200 : 401);
    assertThat(status(route, new Credentials.Contradiction())).isEqualTo(open ? 200 : 400);
    assertThat(status(route, new Credentials.Shown(admin.secret()))).isEqualTo(200);
    secrets.forEach((scope, secret) -> {
      boolean enough = open || scope.implied().contains(route.demand().orElseThrow());
      assertThat(status(route, new Credentials.Shown(secret)))
          .as(route + " with " + scope)
          .isEqualTo(enough ? 200 : 403);
    });
  }

  @Test
  void theScopesThatImplyAndThoseThatIncludeAreTheSame() {
    for (Scope scope : Scope.values()) {
      assertThat(Stream.of(Scope.values()).filter(scope::includes))
          .containsExactlyElementsOf(scope.implied());
    }
  }

  @Test
  void theAdminKeyAloneDoesNotLockAnybodyOut() {
    assertThat(access.judge(Route.CHAT, new Credentials.Shown(admin.secret())))
        .isEqualTo(new Decision.Allowed(new Caller.Admin()));
    assertThat(access.keysInForce()).isFalse();
  }

  @Test
  void keysAreNeededWhereTheSettingsOrTheBindSaySo() {
    access.follow(new Access.Rules(true, false));
    assertThat(status(Route.CHAT, new Credentials.None())).isEqualTo(401);
    access.follow(new Access.Rules(false, true));
    assertThat(status(Route.CHAT, new Credentials.None())).isEqualTo(401);
    assertThat(status(Route.METRICS, new Credentials.None())).isEqualTo(401);
    assertThat(status(Route.HEALTH_LIVE, new Credentials.None())).isEqualTo(200);
  }

  @Test
  void aRefusalSaysWhatToDoNow() {
    String page = make("page", Scope.INFER);
    assertThat(keys.create("short", Set.of(Scope.INFER), clock.instant().plusSeconds(60)))
        .isInstanceOfSatisfying(
            Keys.Creation.Created.class,
            made -> {
              clock.step(Duration.ofMinutes(1));
              assertThat(problem(Route.CHAT, made.secret()).text())
                  .isEqualTo(
                      "The key 'short' expired on 2026-11-21T10:01:30Z. Make one on the server's"
                          + " machine: corral keys create NAME");
            });
    assertThat(problem(Route.M_STATUS, page).text())
        .isEqualTo(
            "The key 'page' may not do this; it takes the scope manage."
                + " Make one that may: corral keys create NAME --scope manage");
    keys.revoke("page");
    assertThat(problem(Route.CHAT, page).text()).startsWith("The key 'page' was revoked on 2026");
  }

  @Test
  void anExpiredKeyDoesNotOpenTheDoor() {
    assertThat(keys.create("short", Set.of(Scope.INFER), clock.instant().plusSeconds(1)))
        .isInstanceOf(Keys.Creation.Created.class);
    clock.step(Duration.ofDays(1));
    assertThat(status(Route.CHAT, new Credentials.None())).isEqualTo(401);
  }

  static Stream<String> attacks() {
    return Stream.of(
        "' OR '1'='1",
        "\u0000",
        "\ud83d\udd11",
        "corral_",
        "%",
        "_",
        "null",
        "true",
        "corral_' union select * from access_key --");
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void whateverIsTriedTheAnswerIsTheSame(String attack) {
    make("page", Scope.INFER);
    Problem ordinary = problem(Route.CHAT, "corral_0000000000000000000000000000000000000000000");

    assertThat(problem(Route.CHAT, attack)).isEqualTo(ordinary);
    assertThat(refusal(access.judge(Route.CHAT, new Credentials.Unusable()))).isEqualTo(ordinary);
  }

  @Test
  void aKeyThatIsAlmostRightIsAsWrongAsAnyOther() {
    String secret = make("page", Scope.INFER);
    for (int length = 1; length < secret.length(); length++) {
      String twin =
          secret.substring(0, length)
              + flipped(secret.charAt(length))
              + secret.substring(length + 1);
      assertThat(status(Route.CHAT, new Credentials.Shown(twin))).isEqualTo(401);
      assertThat(status(Route.CHAT, new Credentials.Shown(secret.substring(0, length))))
          .isEqualTo(401);
    }
    assertThat(status(Route.CHAT, new Credentials.Shown(secret + "x"))).isEqualTo(401);
    assertThat(status(Route.CHAT, new Credentials.Shown(secret))).isEqualTo(200);
  }

  @Test
  void theStoredHashIsNoPassword() {
    String secret = make("page", Scope.INFER);
    String hash =
        database.read(
            sql -> sql.find(row -> row.text("hash"), "select hash from access_key").orElseThrow());

    assertThat(hash).isEqualTo(Secret.hash(secret).hex());
    assertThat(status(Route.CHAT, new Credentials.Shown(hash))).isEqualTo(401);
    assertThat(status(Route.CHAT, new Credentials.Shown("corral_" + hash))).isEqualTo(401);
  }

  @Test
  void noSecretIsInTheTextOfAnything() {
    String secret = make("page", Scope.ADMIN);
    String texts =
        access.judge(Route.CHAT, new Credentials.Shown(secret)).toString()
            + keys.list()
            + keys.create("other", Set.of(Scope.INFER), null)
            + admin
            + new Credentials.Shown(secret)
            + Secret.hash(secret);
    assertThat(texts)
        .doesNotContain(secret.substring(12))
        .doesNotContain(admin.secret())
        .doesNotContain(Secret.hash(secret).hex())
        .doesNotContainPattern("corral_[0-9A-Za-z]{20}");
  }

  private String make(String name, Scope scope) {
    if (keys.create(name, Set.of(scope), null) instanceof Keys.Creation.Created(_, var secret)) {
      return secret;
    }
    throw new AssertionError("no key was made");
  }

  private int status(Route route, Credentials shown) {
    return switch (access.judge(route, shown)) {
      case Decision.Allowed _ -> 200;
      case Decision.Refused(var problem, _) -> problem.status();
    };
  }

  private Problem problem(Route route, String secret) {
    return refusal(access.judge(route, new Credentials.Shown(secret)));
  }

  private static Problem refusal(Decision decision) {
    assertThat(decision).isInstanceOf(Decision.Refused.class);
    return ((Decision.Refused) decision).problem();
  }

  private static char flipped(char letter) {
    return letter == 'a' ? 'b' : 'a';
  }
}
