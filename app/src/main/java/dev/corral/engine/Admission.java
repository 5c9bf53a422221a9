package dev.corral.engine;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Decides whether one more model is loaded now, and who has to go for it. Pure.
final class Admission {
  private Admission() {}

  /// A runner that takes memory.
  ///
  /// @param ready false while it loads
  /// @param leaving told to finish or to end
  /// @param lastUsed when the last request ended
  /// @param stayUntil before it, a runner that is in use is not sent away: a model that was just
  ///   loaded serves for at least as long as its loading took, or two models that take turns would
  ///   do nothing but load
  /// @param hiddenBytes of what it needs, the part that the system counts as free
  /// @param releasedBytes free again once it has ended, on top of what the system says now
  /// @param deviceHidden of what it takes on GPUs, what their drivers called free when they were
  ///   asked
  /// @param deviceReleased free on GPUs once it has ended, on top of what the drivers said: all of
  ///   it for one that was loading then, since nobody tells how much it had taken
  record Seat(
      long id,
      boolean ready,
      boolean leaving,
      int leases,
      Instant lastUsed,
      Instant stayUntil,
      long hiddenBytes,
      long releasedBytes,
      long deviceHidden,
      long deviceReleased) {}

  sealed interface Decision {
    record Start(Plan.Way way) implements Decision {}

    /// This one is to finish what it has and go.
    record SendAway(long id) implements Decision {}

    /// @param until when to decide again by itself; null where only an event can change it
    record Wait(@Nullable Instant until) implements Decision {}

    /// It would not fit if everything else were gone.
    record Never(long neededBytes, long allowedBytes) implements Decision {}
  }

  /// The GPUs as far as models may fill them.
  ///
  /// @param known false where there are none, or nobody tells: then they bound nothing and add
  ///   nothing
  private record Devices(boolean known, long allowed, long atBest) {
    static Devices of(Plan plan, List<Seat> seats, double share) {
      long hidden = seats.stream().mapToLong(Seat::deviceHidden).sum();
      long released = seats.stream().mapToLong(Seat::deviceReleased).sum();
      if (plan.deviceFree().isEmpty()) {
        return new Devices(false, 0, 0);
      }
      long free = plan.deviceFree().getAsLong();
      return new Devices(
          true, (long) (share * Math.max(0, free - hidden)), (long) (share * (free + released)));
    }

    boolean hold(Plan.Way way) {
      return !known || way.deviceBytes() <= allowed;
    }

    /// What would be left for the host if everything else were gone.
    long overflow(Plan.Way way) {
      return known ? Math.max(0, way.deviceBytes() - atBest) : 0;
    }
  }

  /// @param share of what is free that models may take
  /// @param freeBytes of the host, as the system says
  static Decision decide(
      Plan plan, List<Seat> seats, int maxLoaded, double share, long freeBytes, Instant now) {
    long hidden = seats.stream().mapToLong(Seat::hiddenBytes).sum();
    long released = seats.stream().mapToLong(Seat::releasedBytes).sum();
    long allowed = (long) (share * Math.max(0, freeBytes - hidden));
    long atBest = (long) (share * Math.max(0, freeBytes + released));
    Devices devices = Devices.of(plan, seats, share);
    Plan.Way least = plan.least();
    if (least.hostBytes() + devices.overflow(least) > atBest) {
      return new Decision.Never(least.bytes(), atBest + devices.atBest());
    }
    if (seats.size() < maxLoaded) {
      Optional<Plan.Way> way =
          plan.ways().stream()
              .filter(one -> one.hostBytes() <= allowed && devices.hold(one))
              .findFirst();
      if (way.isPresent()) {
        return new Decision.Start(way.get());
      }
      if (seats.isEmpty()) {
        // Larger than all GPUs together: the runner leaves the rest of it on the host.
        return new Decision.Start(least);
      }
    }
    if (seats.stream().anyMatch(Seat::leaving)) {
      return new Decision.Wait(null);
    }
    List<Seat> candidates = seats.stream().filter(Seat::ready).toList();
    Optional<Seat> idle =
        candidates.stream()
            .filter(seat -> seat.leases() == 0)
            .min(Comparator.comparing(Seat::lastUsed));
    if (idle.isPresent()) {
      return new Decision.SendAway(idle.get().id());
    }
    // All are in use: the one whose turn ended first.
    return candidates.stream()
        .min(Comparator.comparing(Seat::stayUntil))
        .<Decision>map(seat ->
            seat.stayUntil().isAfter(now)
                ? new Decision.Wait(seat.stayUntil())
                : new Decision.SendAway(seat.id()))
        .orElse(new Decision.Wait(null));
  }
}
