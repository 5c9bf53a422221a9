package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.corral.db.Database;
import dev.corral.db.DatabaseSettings;
import dev.corral.db.Opening;
import dev.corral.db.Schema;
import dev.corral.fit.Correction;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The record of what loads took.
class LoadRecordTest {
  @TempDir private Path home;

  private Database database() {
    return switch (Database.open(
        DatabaseSettings.defaults(), home.resolve("corral.db"), Schema.CORRAL)) {
      case Opening.Opened opened -> opened.database();
      case Opening.Refused no -> throw new IllegalStateException(no.message());
    };
  }

  @Test
  void loadsAreAveragedByArchitectureAndDriverAndOutliveARestart() {
    try (Database database = database()) {
      LoadRecord record = new LoadRecord(database);
      assertThat(record.find("llama", "cuda")).isEmpty();
      record.add("llama", "cuda", 1000, 1100);
      record.add("llama", "cuda", 1000, 1300);
      record.add("llama", "cpu", 1000, 900);
    }
    try (Database database = database()) {
      LoadRecord record = new LoadRecord(database);
      Correction cuda = record.find("llama", "cuda").orElseThrow();
      assertThat(cuda.ratio()).isCloseTo(1.2, within(0.0001));
      assertThat(cuda.loads()).isEqualTo(2);
      assertThat(record.find("llama", "cpu").orElseThrow().ratio()).isCloseTo(0.9, within(0.0001));
      assertThat(record.find("gemma3", "cuda")).isEmpty();
    }
  }

  @Test
  void whatCannotBeAMeasureOfThisModelIsNotTaken() {
    try (Database database = database()) {
      LoadRecord record = new LoadRecord(database);
      record.add("llama", "cuda", 1000, 10);
      record.add("llama", "cuda", 1000, 100_000);
      record.add("llama", "cuda", 0, 100);
      assertThat(record.find("llama", "cuda")).isEmpty();
    }
  }
}
