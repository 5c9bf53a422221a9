package dev.corral.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.db.Database;
import dev.corral.db.DatabaseSettings;
import dev.corral.db.Opening;
import dev.corral.db.Schema;
import dev.corral.model.ModelName;
import dev.corral.pull.Pull.Cause;
import dev.corral.pull.Pull.Problem;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Jobs on both kinds of database.
abstract class PullTableContract {
  private static final Instant NOW = Instant.ofEpochMilli(1_790_000_000_000L);

  @TempDir private Path folder;
  private @Nullable Database database;
  private PullTable table;

  abstract DatabaseSettings settings();

  @BeforeEach
  void open() {
    Opening opening = Database.open(settings(), folder.resolve("corral.db"), Schema.CORRAL);
    database = ((Opening.Opened) opening).database();
    table = new PullTable(database, "here");
  }

  @AfterEach
  void close() {
    if (database != null) {
      database.close();
    }
  }

  private static Pull pull(String id, PullState state, Problem problem) {
    return new Pull(
        id,
        ModelName.parse("hf.co/owner/repo:Q4_K_M").orElseThrow(),
        Pulls.OWN,
        state,
        5L << 30,
        9L << 30,
        0,
        null,
        null,
        2,
        NOW,
        state.ended() ? NOW.plusSeconds(60) : null,
        problem,
        "a key",
        state == PullState.PULLING,
        state.ended(),
        List.of());
  }

  @Test
  void aJobComesBackAsItWasSaved() {
    Pull running = pull("a", PullState.PULLING, Problem.NONE);
    Pull failed = pull("b", PullState.FAILED, new Problem(Cause.MISSING, "it's \"gone\"", "Look."));
    Pull full = pull("c", PullState.PAUSED, new Problem(Cause.NO_ROOM, "no space left", ""));
    table.save(running);
    table.save(failed);
    table.save(full);
    assertThat(table.all()).containsExactly(running, failed, full);
    Pull done = pull("a", PullState.DONE, Problem.NONE);
    table.save(done);
    assertThat(table.all()).containsExactly(done, failed, full);
  }

  @Test
  void aJobOfAnotherStoreIsNotOurs() {
    table.save(pull("a", PullState.QUEUED, Problem.NONE));
    assertThat(new PullTable(database, "there").all()).isEmpty();
  }

  @Test
  void aSentenceOfAnyLengthIsKeptAsFarAsItFits() {
    table.save(pull("a", PullState.FAILED, new Problem(Cause.OTHER, "x".repeat(9_000), "")));
    assertThat(table.all().getFirst().problem().text()).hasSize(2_000);
  }

  @Test
  void whatEndedLongAgoIsForgottenAndWhatWaitsIsNot() {
    table.save(pull("waits", PullState.QUEUED, Problem.NONE));
    for (int i = 0; i < PullTable.KEPT + 5; i++) {
      table.save(pull("done" + i, PullState.DONE, Problem.NONE));
    }
    table.tidy();
    assertThat(table.all()).hasSizeLessThanOrEqualTo(PullTable.KEPT + 1);
    assertThat(table.all()).anyMatch(pull -> pull.id().equals("waits"));
  }
}
