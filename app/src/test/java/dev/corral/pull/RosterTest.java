package dev.corral.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.pull.Command.What;
import dev.corral.pull.Pull.Cause;
import dev.corral.pull.Pull.Problem;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What people say of a job while its work still ends: the last word counts, and nothing undoes a
/// cancel.
class RosterTest {
  private final Roster roster = new Roster(List.of(), Instant::now);
  private final Schedule schedule = new Schedule(PullSettings.defaults(), Instant::now);

  /// Work that ends when the test says so.
  private static final class Slow implements Work {
    private boolean stopped;

    @Override
    public End work() {
      return new End.Stopped();
    }

    @Override
    public void stop() {
      stopped = true;
    }

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

  private final Slow work = new Slow();

  private Pull ask(String askedBy) {
    return roster.asked(
        new Command.Ask(Yard.name("fox"), "own", askedBy, true, new CompletableFuture<>()));
  }

  private Job begun() {
    String id = ask("nova").id();
    Job job = job(id);
    job.begin(work);
    roster.look();
    return job;
  }

  private Job job(String id) {
    return roster.all().stream().filter(job -> job.id().equals(id)).findFirst().orElseThrow();
  }

  private boolean say(Job job, What what) {
    return roster.changed(new Command.Change(job.id(), what, new CompletableFuture<>()));
  }

  private void end(Job job, Work.End end) {
    roster.ended(new Command.Ended(job.id(), end));
  }

  @ParameterizedTest(name = "{0}, then {1}: {2}")
  @CsvSource({
    "PAUSE, RESUME, QUEUED",
    "RESUME, PAUSE, PAUSED",
    "PAUSE, CANCEL, CANCELLED",
    "CANCEL, PAUSE, CANCELLED",
    "CANCEL, RESUME, CANCELLED",
    "CANCEL, APPROVE, CANCELLED",
    "CANCEL, CANCEL, CANCELLED",
    "PAUSE, PAUSE, PAUSED"
  })
  void theLastWordCountsWhileTheWorkEnds(What first, What then, PullState wanted) {
    Job job = begun();
    assertThat(say(job, first)).isTrue();
    assertThat(say(job, then)).as("answered").isEqualTo(first != What.CANCEL);
    end(job, new Work.End.Stopped());
    assertThat(job.state()).isEqualTo(wanted);
    assertThat(job.snapshot().endedAt() != null).isEqualTo(wanted == PullState.CANCELLED);
  }

  @Test
  void whoAsksForWhatIsBeingPausedHasItGoOn() {
    Job job = begun();
    say(job, What.PAUSE);
    assertThat(ask("somebody").id()).isEqualTo(job.id());
    assertThat(work.stopped).isTrue();
    end(job, new Work.End.Stopped());
    assertThat(job.state()).isEqualTo(PullState.QUEUED);
  }

  @Test
  void whoAsksForWhatIsBeingCancelledGetsAJobOfTheirOwnWhichWaitsForTheOldOne() {
    Job old = begun();
    say(old, What.CANCEL);
    Pull fresh = ask("somebody");
    assertThat(fresh.id()).isNotEqualTo(old.id());
    assertThat(schedule.next(roster.all())).as("the old one is still at it").isEmpty();
    end(old, new Work.End.Stopped());
    assertThat(old.state()).isEqualTo(PullState.CANCELLED);
    assertThat(schedule.next(roster.all()).orElseThrow().id()).isEqualTo(fresh.id());
  }

  @Test
  void aJobThatIsPausedWhenCorralStopsIsPausedAfterwards() {
    Job job = begun();
    say(job, What.PAUSE);
    job.giveWay();
    end(job, new Work.End.Stopped());
    assertThat(job.state()).isEqualTo(PullState.PAUSED);
  }

  @Test
  void aRestartForgetsNeitherThatSomebodyWaitsNorThatTheyCouldNotWaitForTheWindow() {
    Job job = job(ask(Pulls.PREFETCH).id());
    assertThat(job.prefetched()).isTrue();
    ask("somebody");
    say(job, What.RESUME);
    Roster afterwards = new Roster(List.copyOf(roster.snapshots().values()), Instant::now);
    Job again = afterwards.all().iterator().next();
    assertThat(again.prefetched()).isFalse();
    assertThat(again.hurried()).isTrue();
  }

  @Test
  void aFullDiskIsWaitedForAlsoWhereItWasFoundWhileTheJobGaveWay() {
    Job job = begun();
    job.giveWay();
    end(job, new Work.End.NoRoom(new Problem(Cause.NO_ROOM, "no space left", ""), 1000));
    assertThat(job.wantsRoom()).isTrue();
    assertThat(roster.waiting()).isTrue();
  }

  @Test
  void whatAPersonPausesStaysPausedWhateverItWaitedFor() {
    Job full = begun();
    end(full, new Work.End.NoRoom(new Problem(Cause.NO_ROOM, "no space left", ""), 1000));
    assertThat(say(full, What.PAUSE)).isTrue();
    assertThat(full.wantsRoom()).isFalse();
    say(full, What.RESUME);
    full.waits(new Problem(Cause.OTHER, "waits for the hours", ""));
    say(full, What.PAUSE);
    Roster afterwards = new Roster(List.copyOf(roster.snapshots().values()), Instant::now);
    assertThat(afterwards.waiting()).as("a restart does not start it").isFalse();
  }
}
