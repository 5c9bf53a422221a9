package dev.corral.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.testing.Postgres;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresDatabaseTest extends DatabaseContract {
  private String url;

  @BeforeEach
  @Override
  void openNew() {
    url = Postgres.newDatabase();
    super.openNew();
  }

  @Override
  Opening open(Schema schema) {
    return Database.open(new DatabaseSettings(url), Path.of("unused"), schema);
  }

  @Test
  void tablesOfSomebodyElseInTheSameDatabaseAreLeftAlone() {
    opened(open(new Schema("broken", 1))).close();
    opened(open(FARM)).close();
  }

  @Test
  void aServerThatIsAwayOrRefusesIsToldWithoutThePassword() {
    Opening away =
        Database.open(
            new DatabaseSettings("jdbc:postgresql://127.0.0.1:1/x?user=a&password=sesame"),
            Path.of("unused"),
            FARM);
    Opening missing =
        Database.open(
            new DatabaseSettings(url.replaceAll("/[a-z0-9_]+\\?", "/nowhere?")),
            Path.of("unused"),
            FARM);

    assertThat(away.toString())
        .contains("PostgreSQL could not be opened", "Start PostgreSQL, or correct database.url")
        .doesNotContain("sesame");
    assertThat(missing.toString()).contains("Create that database (createdb)");
  }
}
