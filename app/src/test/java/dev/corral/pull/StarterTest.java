package dev.corral.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.db.Database;
import dev.corral.db.DatabaseSettings;
import dev.corral.db.Opening;
import dev.corral.db.Schema;
import dev.corral.pull.Pull.Cause;
import dev.corral.pull.Pull.Problem;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Jobs for a place that is not our own store.
class StarterTest {
  @TempDir private Path folder;
  private Yard yard;
  private Database database;
  private final Roster roster = new Roster(List.of(), Instant::now);
  private final List<Long> askedForRoom = new ArrayList<>();
  private boolean room;

  @BeforeEach
  void open() {
    yard = new Yard(folder, new String[0]);
    Opening opening =
        Database.open(DatabaseSettings.defaults(), folder.resolve("other.db"), Schema.CORRAL);
    database = ((Opening.Opened) opening).database();
  }

  @AfterEach
  void close() {
    database.close();
    yard.close();
  }

  private Starter starter(Duration look) {
    return starter(look, Map.of());
  }

  private Starter starter(Duration look, Map<String, Pull> others) {
    FetchSettings quick = Yard.QUICK;
    FetchSettings settings =
        new FetchSettings(
            quick.connections(),
            quick.leastPiece(),
            quick.mostPiece(),
            quick.noteEvery(),
            quick.firstWait(),
            quick.longestWait(),
            quick.manifestTries(),
            quick.giveUp(),
            quick.floor(),
            quick.floorTime(),
            look);
    Board board = new Board(new PullTable(database, "x"), others, _ -> {});
    Schedule schedule = new Schedule(PullSettings.defaults(), Instant::now);
    Starter.Own own =
        new Starter.Own(
            yard.store(),
            () -> {
              throw new AssertionError("it is not for our own store");
            });
    return new Starter(own, schedule, board, settings, Instant::now, _ -> {});
  }

  private final class Rig implements Work.Place {
    @Override
    public Work begin(Work.Order order) {
      throw new IllegalStateException("a mistake of ours");
    }

    @Override
    public boolean hasRoom(long bytes) {
      askedForRoom.add(bytes);
      return room;
    }
  }

  private Job job() {
    String id =
        roster
            .asked(new Command.Ask(Yard.name("fox"), "rig", "x", true, new CompletableFuture<>()))
            .id();
    return roster.all().stream().filter(job -> job.id().equals(id)).findFirst().orElseThrow();
  }

  private Job full() {
    Job job = job();
    job.begin(new FolderRunOfNothing());
    job.ended(
        new Work.End.NoRoom(new Problem(Cause.NO_ROOM, "no space left", ""), 1000), Instant.now());
    return job;
  }

  private static final class FolderRunOfNothing implements Work {
    @Override
    public End work() {
      return new End.Stopped();
    }

    @Override
    public void stop() {}

    @Override
    public PullState state() {
      return PullState.PULLING;
    }

    @Override
    public List<Pull.Blob> blobs() {
      return List.of();
    }

    @Override
    public int again() {
      return 0;
    }
  }

  @Test
  void aJobThatWaitsForRoomLooksAtTheDiskToWhichItGoesAndNotAtEachTick() {
    Starter starter = starter(Duration.ofHours(1));
    starter.reach(_ -> Optional.of(new Rig()));
    Job job = full();
    for (int i = 0; i < 50; i++) {
      starter.startNext(roster.all());
    }
    assertThat(job.state())
        .as("our own disk has room, the rig's has none")
        .isEqualTo(PullState.PAUSED);
    assertThat(askedForRoom).hasSize(1);
  }

  @Test
  void roomIsAskedForAllThatItLackedAndForWhatOthersWillStillWrite() {
    Pull other =
        new Pull(
            "other",
            Yard.name("owl"),
            "rig",
            PullState.PULLING,
            30,
            100,
            0,
            null,
            null,
            1,
            Instant.now(),
            null,
            Problem.NONE,
            "x",
            false,
            false,
            List.of());
    Starter starter = starter(Duration.ZERO, Map.of(other.id(), other));
    starter.reach(_ -> Optional.of(new Rig()));
    full();
    starter.startNext(roster.all());
    assertThat(askedForRoom).containsExactly(1000L + 70);
  }

  @Test
  void itGoesOnWhenThereIsRoom() {
    Starter starter = starter(Duration.ZERO);
    starter.reach(_ -> Optional.of(new Rig()));
    Job job = full();
    starter.startNext(roster.all());
    assertThat(job.wantsRoom()).isTrue();
    room = true;
    starter.startNext(roster.all());
    assertThat(job.wantsRoom()).isFalse();
  }

  @Test
  void aPlaceThatFailsWhenItIsAskedForRoomFailsItsJobAlone() {
    Starter starter = starter(Duration.ZERO);
    starter.reach(_ -> {
      throw new IllegalStateException("a mistake of ours");
    });
    Job job = full();
    starter.startNext(roster.all());
    assertThat(job.state()).isEqualTo(PullState.FAILED);
    assertThat(roster.waiting()).isFalse();
  }

  @Test
  void aPlaceThatFailsFailsItsJobAlone() {
    Starter starter = starter(Duration.ZERO);
    starter.reach(_ -> Optional.of(new Rig()));
    Job job = job();
    starter.startNext(roster.all());
    assertThat(job.state()).isEqualTo(PullState.FAILED);
    assertThat(job.snapshot().problem().text()).contains("Corral made a mistake");
  }
}
