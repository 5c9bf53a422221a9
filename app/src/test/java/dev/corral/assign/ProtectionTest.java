package dev.corral.assign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.db.Database;
import dev.corral.db.DatabaseSettings;
import dev.corral.db.Opening;
import dev.corral.db.Schema;
import dev.corral.model.ModelName;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProtectionTest {
  @TempDir Path home;
  private Database database;
  private Protection protection;

  @BeforeEach
  void open() {
    database =
        switch (Database.open(
            DatabaseSettings.defaults(), home.resolve("corral.db"), Schema.CORRAL)) {
          case Opening.Opened opened -> opened.database();
          case Opening.Refused no -> throw new IllegalStateException(no.message());
        };
    protection = new Protection(database, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void whatSomebodyProtectsStaysProtectedAfterARestartUntilTheyEndIt() {
    protection.protect(name("mistral"));
    protection.protect(name("MISTRAL:latest"));

    Protection after = new Protection(database, Clock.systemUTC());
    assertThat(after.protects(name("Mistral:latest"))).isTrue();
    assertThat(after.locked(name("mistral"))).isFalse();
    assertThat(after.unprotect(name("mistral"))).isEqualTo(Protection.Unprotected.DONE);
    assertThat(after.unprotect(name("mistral"))).isEqualTo(Protection.Unprotected.WAS_NOT);
    assertThat(protection.protects(name("mistral"))).isFalse();
  }

  @Test
  void whatTheFileProtectsOnlyTheFileReleases() {
    protection.follow(List.of("mistral:7b", "no name at all!"));

    assertThat(protection.protects(name("mistral:7B"))).isTrue();
    assertThat(protection.unprotect(name("mistral:7b"))).isEqualTo(Protection.Unprotected.LOCKED);
    assertThat(protection.keys()).containsExactly(name("mistral:7b").key());

    protection.follow(List.of());
    assertThat(protection.protects(name("mistral:7b"))).isFalse();
  }

  private static ModelName name(String text) {
    return ModelName.parse(text).orElseThrow();
  }
}
