package dev.corral.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.engine.Admission.Decision;
import dev.corral.engine.Admission.Seat;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// Who is loaded, who has to go, and who is refused.
class AdmissionTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_000_000);

  @Test
  void theBestWayThatFitsIsTaken() {
    assertThat(decide(plan(800, 400, 200), List.of(), 3, 1000)).isEqualTo(start(800));
    assertThat(decide(plan(801, 400, 200), List.of(), 3, 1000)).isEqualTo(start(400));
    assertThat(decide(plan(801, 400, 200), List.of(), 3, 300)).isEqualTo(start(200));
  }

  @Test
  void onlyTheShareOfWhatIsFreeMayBeTaken() {
    assertThat(decide(plan(801), List.of(), 3, 1000)).isEqualTo(new Decision.Never(801, 800));
  }

  @Test
  void weightsThatAreMappedCountAsTakenAlthoughTheSystemCallsThemFree() {
    Made other = idle(1, 10).hiding(500, 100);
    assertThat(decide(plan(400), List.of(other.seat()), 3, 1000)).isEqualTo(start(400));
    assertThat(decide(plan(401), List.of(other.seat()), 3, 1000))
        .isEqualTo(new Decision.SendAway(1));
  }

  @Test
  void nobodyIsSentAwayForAModelThatWouldNotFitAlone() {
    Seat other = idle(1, 10).hiding(500, 100).seat();
    assertThat(decide(plan(881), List.of(other), 3, 1000)).isEqualTo(new Decision.Never(881, 880));
  }

  @Test
  void theIdleOneThatWasUnusedLongestGoesFirst() {
    List<Seat> seats = List.of(idle(1, 5).seat(), idle(2, 50).seat(), busy(3, 100).seat());
    assertThat(decide(plan(1), seats, 3, 1000)).isEqualTo(new Decision.SendAway(2));
  }

  @Test
  void whereAllAreInUseTheOneWhoseTurnIsOverGoesAndElseItsEndIsAwaited() {
    List<Seat> over = List.of(busy(1, 5).turnEnds(3).seat(), busy(2, 5).turnEnds(-1).seat());
    assertThat(decide(plan(1), over, 2, 1000)).isEqualTo(new Decision.SendAway(2));
    List<Seat> fresh = List.of(busy(1, 5).turnEnds(3).seat(), busy(2, 5).turnEnds(7).seat());
    assertThat(decide(plan(1), fresh, 2, 1000)).isEqualTo(new Decision.Wait(NOW.plusSeconds(3)));
  }

  @Test
  void oneIsSentAwayAtATime() {
    List<Seat> seats = List.of(idle(1, 5).leaving().seat(), idle(2, 5).seat());
    assertThat(decide(plan(1), seats, 2, 1000)).isEqualTo(new Decision.Wait(null));
  }

  @Test
  void aModelThatLoadsIsNotSentAway() {
    List<Seat> seats = List.of(idle(1, 5).loading().seat());
    assertThat(decide(plan(1), seats, 1, 1000)).isEqualTo(new Decision.Wait(null));
  }

  @Test
  void whatNeedsNoHostMemoryIsBoundByTheNumberAlone() {
    assertThat(decide(plan(0), List.of(idle(1, 1).hiding(9999, 0).seat()), 2, 0))
        .isEqualTo(start(0));
  }

  @Test
  void ofWhatTheGpusHaveFreeTheShareIsTakenAndNotMore() {
    assertThat(decide(onGpus(1000, 801, 800), List.of(), 3, 0)).isEqualTo(startOnGpus(800));
  }

  @Test
  void aModelThatLoadsCountsOnTheGpuBeforeItsDriverSaysSo() {
    Seat loading = onGpu(idle(1, 5).loading().seat(), 500, 0);
    assertThat(decide(onGpus(1000, 400), List.of(loading), 3, 0)).isEqualTo(startOnGpus(400));
    assertThat(decide(onGpus(1000, 401), List.of(loading), 3, 0))
        .isEqualTo(new Decision.Wait(null));
  }

  @Test
  void whereTheGpusAreFullTheIdleOneGoesAlthoughTheHostHasRoom() {
    Seat there = onGpu(idle(1, 5).seat(), 0, 600);
    assertThat(decide(onGpus(400, 500), List.of(there), 3, 1_000_000))
        .isEqualTo(new Decision.SendAway(1));
  }

  @Test
  void whatIsLargerThanAllGpusLeavesTheRestOnTheHostAsFarAsThatHasRoom() {
    assertThat(decide(onGpus(1000, 1200), List.of(), 3, 500)).isEqualTo(startOnGpus(1200));
    assertThat(decide(onGpus(1000, 1201), List.of(), 3, 500))
        .isEqualTo(new Decision.Never(1201, 1200));
  }

  @Test
  void onTheProcessorAloneGpusDoNotCount() {
    assertThat(decide(onGpus(1_000_000, 900).onHost(), List.of(), 3, 1000))
        .isEqualTo(new Decision.Never(900, 800));
  }

  @Test
  void whatIsOnGpusMakesNoRoomForAModelOnTheProcessor() {
    Seat other = onGpu(idle(1, 5).seat(), 0, 600);
    assertThat(decide(plan(900), List.of(other), 3, 1000)).isEqualTo(new Decision.Never(900, 800));
  }

  private static Decision decide(Plan plan, List<Seat> seats, int maxLoaded, long free) {
    return Admission.decide(plan, seats, maxLoaded, 0.8, free, NOW);
  }

  private static Decision start(long bytes) {
    return new Decision.Start(way(bytes));
  }

  private static Plan plan(long... needs) {
    List<Plan.Way> ways = Arrays.stream(needs).mapToObj(AdmissionTest::way).toList();
    return new Plan(ways, 4096, 4096, 1, OptionalLong.empty(), NOW);
  }

  private static Plan.Way way(long bytes) {
    return new Plan.Way(
        new RunnerFlags(4096, 1, true, 512, 1, null, null, true, false, List.of()), bytes, 0);
  }

  /// A model for GPUs that have so much free.
  private static Plan onGpus(long free, long... needs) {
    List<Plan.Way> ways =
        Arrays.stream(needs).mapToObj(bytes -> new Plan.Way(way(0).flags(), 0, bytes)).toList();
    return new Plan(ways, 4096, 4096, 1, OptionalLong.of(free), NOW);
  }

  private static Decision startOnGpus(long bytes) {
    return new Decision.Start(new Plan.Way(way(0).flags(), 0, bytes));
  }

  private static Seat onGpu(Seat seat, long hidden, long released) {
    return new Seat(
        seat.id(),
        seat.ready(),
        seat.leaving(),
        seat.leases(),
        seat.lastUsed(),
        seat.stayUntil(),
        seat.hiddenBytes(),
        seat.releasedBytes(),
        hidden,
        released);
  }

  private static Made idle(long id, int secondsAgo) {
    return new Made(id, true, false, 0, NOW.minusSeconds(secondsAgo), NOW, 0, 0);
  }

  private static Made busy(long id, int secondsAgo) {
    return new Made(id, true, false, 1, NOW.minusSeconds(secondsAgo), NOW, 0, 0);
  }

  /// A seat in the making.
  private record Made(
      long id,
      boolean ready,
      boolean leaves,
      int leases,
      Instant lastUsed,
      Instant stayUntil,
      long hidden,
      long released) {
    Made hiding(long hiddenBytes, long releasedBytes) {
      return new Made(id, ready, leaves, leases, lastUsed, stayUntil, hiddenBytes, releasedBytes);
    }

    Made turnEnds(int seconds) {
      return new Made(
          id, ready, leaves, leases, lastUsed, NOW.plusSeconds(seconds), hidden, released);
    }

    Made leaving() {
      return new Made(id, ready, true, leases, lastUsed, stayUntil, hidden, released);
    }

    Made loading() {
      return new Made(id, false, leaves, leases, lastUsed, stayUntil, hidden, released);
    }

    Seat seat() {
      return new Seat(id, ready, leaves, leases, lastUsed, stayUntil, hidden, released, 0, 0);
    }
  }
}
