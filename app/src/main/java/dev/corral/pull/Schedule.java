package dev.corral.pull;

import dev.corral.pull.Pull.Cause;
import dev.corral.pull.Pull.Problem;
import java.time.InstantSource;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Which jobs may work now: so many at once for each target, all of them within the window, and
/// those that nobody waits for only while nobody else wants to.
final class Schedule {
  private final InstantSource clock;
  private volatile int parallel;
  private volatile Optional<Window> window;

  Schedule(PullSettings settings, InstantSource clock) {
    this.clock = clock;
    this.parallel = settings.parallel();
    this.window = settings.openHours();
  }

  void follow(PullSettings settings) {
    parallel = settings.parallel();
    window = settings.openHours();
  }

  /// Sends back what must not work any more, and tells those that wait for the window.
  void hold(Collection<Job> all) {
    for (Job job : all) {
      if (job.working() && (shut(job) || yields(job, all))) {
        job.giveWay();
      } else if (job.state() == PullState.QUEUED) {
        job.waits(shut(job) ? waiting() : Problem.NONE);
      }
    }
  }

  /// Those that may begin, in their order. To be asked again after each that has begun.
  Optional<Job> next(Collection<Job> all) {
    List<Job> ready =
        all.stream()
            .filter(job -> job.state() == PullState.QUEUED && !job.working() && !shut(job))
            .filter(job -> working(all, job.target()) < parallel)
            .filter(job -> all.stream().noneMatch(other -> other.working() && other.same(job)))
            .toList();
    return ready.stream()
        .filter(job -> !job.prefetched())
        .findFirst()
        .or(() -> ready.stream().filter(job -> !yields(job, all)).findFirst());
  }

  private static long working(Collection<Job> all, String target) {
    return all.stream().filter(job -> job.working() && job.target().equals(target)).count();
  }

  /// True outside the window, but for a job that somebody has told to go on all the same.
  private boolean shut(Job job) {
    if (job.hurried() || window.isEmpty()) {
      return false;
    }
    LocalTime now = LocalTime.ofInstant(clock.instant(), ZoneId.systemDefault());
    return !window.get().open(now);
  }

  private Problem waiting() {
    return new Problem(
        Cause.OTHER,
        "waits for the hours " + window.map(Window::toString).orElse("") + " (pull.window)",
        "To begin now, resume it.");
  }

  /// A job that nobody waits for makes room for any other of its target.
  private boolean yields(Job job, Collection<Job> all) {
    return job.prefetched()
        && all.stream()
            .filter(other -> !other.prefetched() && other.target().equals(job.target()))
            .anyMatch(
                other -> other.working() || (other.state() == PullState.QUEUED && !shut(other)));
  }
}
