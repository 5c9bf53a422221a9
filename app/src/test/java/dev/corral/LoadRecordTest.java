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
  private static final long GIB = 1L << 30;

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
      record.add("llama", "cuda", GIB, GIB * 11 / 10);
      record.add("llama", "cuda", GIB, GIB * 13 / 10);
      record.add("llama", "cpu", GIB, GIB * 9 / 10);
    }
    try (Database database = database()) {
      LoadRecord record = new LoadRecord(database);
      assertThat(record.all())
          .extracting(line -> line.architecture() + " " + line.driver() + " " + line.loads())
          .containsExactly("llama cpu 1", "llama cuda 2");
      Correction cuda = record.find("llama", "cuda").orElseThrow();
      assertThat(cuda.ratio()).isCloseTo(1.2, within(0.0001));
      assertThat(cuda.loads()).isEqualTo(2);
      assertThat(record.find("llama", "cpu").orElseThrow().ratio()).isCloseTo(0.9, within(0.0001));
      assertThat(record.find("gemma3", "cuda")).isEmpty();
    }
  }

  @Test
  void largeModelsWeighMoreAndThePastFades() {
    try (Database database = database()) {
      LoadRecord record = new LoadRecord(database);
      record.add("llama", "cuda", GIB, 2 * GIB);
      record.add("llama", "cuda", 99 * GIB, 99 * GIB);
      assertThat(record.find("llama", "cuda").orElseThrow().ratio()).isCloseTo(1.01, within(0.001));
      for (int i = 0; i < 18; i++) {
        record.add("llama", "cuda", 100 * GIB, 100 * GIB);
      }
      for (int i = 0; i < 20; i++) {
        record.add("llama", "cuda", 100 * GIB, 140 * GIB);
      }
      Correction later = record.find("llama", "cuda").orElseThrow();
      assertThat(later.loads()).isEqualTo(40);
      assertThat(later.ratio())
          .as("what was before the last twenty loads counts half")
          .isCloseTo((950 + 2 * 1_400) / (950 + 2 * 1_000.0), within(0.001));
    }
  }

  @Test
  void whatCannotBeAMeasureOfThisModelIsNotTaken() {
    try (Database database = database()) {
      LoadRecord record = new LoadRecord(database);
      record.add("llama", "cuda", GIB, GIB / 100);
      record.add("llama", "cuda", GIB, 100 * GIB);
      record.add("llama", "cuda", 0, GIB);
      // mostly the process around it
      record.add("llama", "cuda", GIB / 100, GIB / 50);
      assertThat(record.find("llama", "cuda")).isEmpty();
    }
  }
}
