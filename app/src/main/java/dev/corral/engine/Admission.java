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
  record Seat(
      long id,
      boolean ready,
      boolean leaving,
      int leases,
      Instant lastUsed,
      Instant stayUntil,
      long hiddenBytes,
      long releasedBytes) {}

  sealed interface Decision {
    record Start(Plan.Way way) implements Decision {}

    /// This one is to finish what it has and go.
    record SendAway(long id) implements Decision {}

    /// @param until when to decide again by itself; null where only an event can change it
    record Wait(@Nullable Instant until) implements Decision {}

    /// It would not fit if everything else were gone.
    record Never(long neededBytes, long allowedBytes) implements Decision {}
  }

  /// @param share of what is free that models may take
  /// @param freeBytes of the host, as the system says
  static Decision decide(
      Plan plan, List<Seat> seats, int maxLoaded, double share, long freeBytes, Instant now) {
    long hidden = seats.stream().mapToLong(Seat::hiddenBytes).sum();
    long released = seats.stream().mapToLong(Seat::releasedBytes).sum();
    long allowed = (long) (share * Math.max(0, freeBytes - hidden));
    long atBest = (long) (share * Math.max(0, freeBytes + released));
    if (plan.leastBytes() > atBest) {
      return new Decision.Never(plan.leastBytes(), atBest);
    }
    if (seats.size() < maxLoaded) {
      Optional<Plan.Way> way =
          plan.ways().stream().filter(one -> one.hostBytes() <= allowed).findFirst();
      if (way.isPresent()) {
        return new Decision.Start(way.get());
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
