package dev.corral.engine;

import dev.corral.hardware.ProcessMemory;
import dev.corral.model.ModelName;
import dev.corral.upstream.Target;
import dev.corral.wire.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// One runner from its start to its end. Belongs to the engine's owner; what others see of it is
/// [Running].
final class Runner {
  final long id;
  final Wanted wanted;
  final Plan plan;
  final Plan.Way way;
  final String name;
  final String digest;
  final Instant startedAt;

  /// Completed at its end with what to tell whoever still uses it.
  final CompletableFuture<Problem> broken = new CompletableFuture<>();

  /// Every name that it answered to; readers of logs look here too.
  private final Set<String> names = ConcurrentHashMap.newKeySet();

  Running.State state = Running.State.LOADING;

  /// Why it is to go; empty for a crash.
  String leaving = "";

  /// True where it goes to make room for another, and may stay if that one does not come.
  boolean givesWay;

  int leases;
  Duration keepAlive;
  Instant lastUsed;
  Instant stayUntil;

  /// When all its memory was taken; null while it loads.
  @Nullable Instant readyAt;

  volatile @Nullable RunnerProcess process;
  @Nullable Facts facts;
  @Nullable Target target;

  Runner(long id, Wanted wanted, Plan plan, Plan.Way way, Load load, Duration idle, Instant now) {
    this.id = id;
    this.wanted = wanted;
    this.plan = plan;
    this.way = way;
    this.name = load.name();
    this.digest = load.digest();
    this.keepAlive = idle;
    this.startedAt = now;
    this.lastUsed = now;
    this.stayUntil = now;
    serves(load);
  }

  void serves(Load load) {
    names.add(folded(load.name()));
    Duration asked = load.keepAlive();
    keepAlive = asked == null ? keepAlive : asked;
  }

  boolean servedAs(String other) {
    return names.contains(folded(other));
  }

  private static String folded(String name) {
    return ModelName.parse(name).map(ModelName::key).orElse(name);
  }

  /// When it ends if nobody asks; null for never, and while it is in use.
  @Nullable Instant expiresAt() {
    boolean idle = state == Running.State.READY && leases == 0;
    return idle && !keepAlive.isNegative() ? lastUsed.plus(keepAlive) : null;
  }

  boolean usable() {
    return state == Running.State.READY;
  }

  /// Weights that are mapped count as free memory for the system, and so does what it has not
  /// touched yet.
  ///
  /// @param devicesRead when the GPUs were asked what is free
  Admission.Seat seat(Instant devicesRead) {
    RunnerProcess running = process;
    ProcessMemory memory =
        running == null ? new ProcessMemory(0, 0) : ProcessMemory.of(running.pid());
    long missing = Math.max(0, way.hostBytes() - memory.ownBytes());
    boolean leaves = state == Running.State.DRAINING || state == Running.State.STOPPING;
    Instant taken = readyAt;
    boolean counted = taken != null && !taken.isAfter(devicesRead);
    return new Admission.Seat(
        id,
        state == Running.State.READY,
        leaves,
        leases,
        lastUsed,
        stayUntil,
        Math.max(memory.mappedBytes(), missing),
        memory.ownBytes(),
        counted ? 0 : way.deviceBytes(),
        startedAt.isAfter(devicesRead) ? 0 : way.deviceBytes());
  }

  Running snapshot() {
    RunnerProcess running = process;
    Facts known = facts;
    long size = Math.max(way.bytes(), plan.fileBytes());
    Integer blocks = way.flags().gpuBlocks();
    // Which part of it lies there the runner does not say; it puts there whatever fits.
    boolean onGpu = known != null && known.onGpu() && (blocks == null || blocks > 0);
    return new Running(
        name,
        digest,
        state,
        size,
        onGpu ? size : 0,
        known == null ? plan.context() : known.contextLength(),
        expiresAt(),
        leases,
        wanted.queue.size(),
        running == null ? 0 : running.pid(),
        startedAt);
  }
}
