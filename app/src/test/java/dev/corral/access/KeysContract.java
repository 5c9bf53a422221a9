package dev.corral.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.db.Database;
import dev.corral.db.DatabaseSettings;
import dev.corral.db.Opening;
import dev.corral.db.Schema;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the store of keys promises on both databases.
abstract class KeysContract {
  @TempDir Path home;
  private final SteppedClock clock = new SteppedClock();
  private Database database;
  private Keys keys;

  abstract DatabaseSettings settings();

  @BeforeEach
  void open() {
    database = openDatabase();
    keys = Keys.open(database, clock);
  }

  @AfterEach
  void close() {
    keys.close();
    database.close();
  }

  @Test
  void aSecretIsLongShownOnceAndStoredNowhere() {
    Set<String> secrets = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      secrets.add(create("key" + i, Scope.INFER).secret());
    }
    assertThat(secrets).hasSize(50).allMatch(secret -> secret.matches("corral_[0-9A-Za-z]{43}"));
    List<String> rows =
        database.read(sql ->
            sql.query(
                row -> row.text("hash") + row.text("hint") + row.text("name"),
                "select * from access_key"));
    for (String secret : secrets) {
      assertThat(rows.toString()).doesNotContain(secret).doesNotContain(secret.substring(12));
    }
  }

  @Test
  void aKeyIsFoundAgainAfterARestartWithAllThatItWas() {
    Instant expiry = clock.instant().plus(Duration.ofDays(90));
    Keys.Creation.Created made =
        created(keys.create("page", EnumSet.of(Scope.INFER, Scope.PULL), expiry));
    keys.close();
    keys = Keys.open(database, clock);

    assertThat(keys.find(Secret.hash(made.secret()))).contains(made.key());
    assertThat(made.key().hint()).isEqualTo(made.secret().substring(0, 11));
    assertThat(made.key().may(Scope.PULL)).isTrue();
    assertThat(made.key().may(Scope.MANAGE)).isFalse();
    assertThat(keys.list()).extracting(Keys.Listed::key).containsExactly(made.key());
  }

  @Test
  void aNameIsTakenUntilItsKeyIsRevoked() {
    Keys.Creation.Created first = create("page", Scope.INFER);

    assertThat(keys.create("page", Set.of(Scope.INFER), null).toString())
        .contains("There is a key called 'page' already", "corral keys revoke page");
    assertThat(keys.revoke("page")).contains(first.key());
    assertThat(keys.made()).isFalse();
    assertThat(keys.revoke("page")).isEmpty();
    Keys.Creation.Created second = create("page", Scope.INFER);

    assertThat(keys.list()).extracting(Keys.Listed::key).containsExactly(second.key());
    assertThat(keys.inForce(first.key())).isFalse();
    assertThat(keys.inForce(second.key())).isTrue();
    assertThat(keys.find(Secret.hash(first.secret())))
        .hasValueSatisfying(key -> assertThat(key.revokedAt()).isEqualTo(clock.instant()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "local", "admin", "a/b", "a b", "../x", "\u00e4", "' or 1=1 --", "-x"})
  void aNameThatWouldConfuseIsRefused(String name) {
    assertThat(keys.create(name, Set.of(Scope.INFER), null))
        .isInstanceOfSatisfying(
            Keys.Creation.Refused.class,
            refused -> assertThat(refused.problem().status()).isEqualTo(400));
  }

  @Test
  void aKeyWithoutScopesOrBornExpiredIsRefused() {
    assertThat(keys.create("a", Set.of(), null)).isInstanceOf(Keys.Creation.Refused.class);
    assertThat(keys.create("a", Set.of(Scope.INFER), clock.instant()))
        .isInstanceOf(Keys.Creation.Refused.class);
    assertThat(keys.made()).isFalse();
  }

  @Test
  void theLastUseIsKnownToTheMinuteAndWrittenLater() {
    Key key = create("page", Scope.INFER).key();
    assertThat(keys.list().getFirst().lastUsed()).isNull();

    clock.step(Duration.ofSeconds(90));
    keys.used(key);
    Instant minute = Instant.ofEpochSecond(clock.instant().getEpochSecond() / 60 * 60);
    assertThat(keys.list().getFirst().lastUsed()).isEqualTo(minute);
    create("other", Scope.INFER); // a reload must not lose what was not written yet
    assertThat(keys.list().getFirst().lastUsed()).isEqualTo(minute);
    keys.close();
    keys = Keys.open(database, clock);

    assertThat(keys.list().getFirst().lastUsed()).isEqualTo(minute);
  }

  @Test
  void whatAnotherInstanceChangesIsTakenOver() {
    try (Keys other = Keys.open(database, clock)) {
      Keys.Creation.Created made = create("page", Scope.INFER);
      other.refresh();
      assertThat(other.find(Secret.hash(made.secret()))).contains(made.key());

      clock.step(Duration.ofSeconds(1));
      keys.revoke("page");
      other.refresh();
      assertThat(other.inForce(made.key())).isFalse();
    }
  }

  @Test
  void knownKeysWorkWhileTheDatabaseIsDownAndNewOnesAreRefused() {
    Keys.Creation.Created made = create("page", Scope.INFER);
    database.close();

    assertThat(keys.find(Secret.hash(made.secret()))).contains(made.key());
    assertThat(keys.create("other", Set.of(Scope.INFER), null).toString())
        .contains("status=503", "no key was made");
  }

  final Keys keys() {
    return keys;
  }

  private Database openDatabase() {
    return switch (Database.open(settings(), home.resolve("corral.db"), Schema.CORRAL)) {
      case Opening.Opened(var opened, _) -> opened;
      case Opening.Refused refused -> throw new AssertionError(refused);
    };
  }

  private Keys.Creation.Created create(String name, Scope scope) {
    return created(keys.create(name, Set.of(scope), null));
  }

  private static Keys.Creation.Created created(Keys.Creation creation) {
    assertThat(creation).isInstanceOf(Keys.Creation.Created.class);
    return (Keys.Creation.Created) creation;
  }
}
