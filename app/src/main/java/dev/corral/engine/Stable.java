package dev.corral.engine;

import dev.corral.upstream.Target;
import dev.corral.wire.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// All that is wanted and all that runs. Belongs to the engine's owner thread, but for the leases
/// that it hands out and the immutable snapshots.
///
/// Who gets what: callers of a runner that is ready get it at once. Everybody else waits in the
/// order of arrival for a place; where there is none, a runner is sent away, idle ones first. One
/// that is in use takes nothing new then and ends when its last request has, so that callers of a
/// loaded model never keep another model waiting for ever.
final class Stable {
  /// Without a date to wait for: a look now and then costs nothing.
  private static final Duration LONGEST_NAP = Duration.ofMinutes(1);

  /// For so long a GPU's word on what it has free is believed.
  private static final Duration DEVICES_KNOWN = Duration.ofSeconds(10);

  private final Engine.Parts parts;
  private final Consumer<Command> tell;
  private final Supplier<Engine.Found> launch;
  private final Inspection inspection;
  private final Map<Key, Wanted> all = new LinkedHashMap<>();
  private final Map<Long, Runner> runners = new LinkedHashMap<>();
  private final History history = new History();
  private final List<Runnable> answers = new ArrayList<>();
  private Instant decideAgain = Instant.MAX;

  /// When a runner had taken all its memory, or gave it back, last.
  private Instant devicesChanged = Instant.MIN;

  private long numbers;

  /// @param tell gives the owner a command, from any thread
  Stable(Engine.Parts parts, Consumer<Command> tell, Supplier<Engine.Found> launch) {
    this.parts = parts;
    this.tell = tell;
    this.launch = launch;
    this.inspection = new Inspection(parts.sizing(), parts.gpus());
  }

  void apply(Command command, EngineSettings settings) {
    switch (command) {
      case Command.Ask(Load load, CompletableFuture<Granted> answer) -> {
        if (!answer.isDone()) {
          all.computeIfAbsent(Key.of(load, settings), Wanted::new)
              .queue
              .add(new Waiter(numbers++, load, answer));
        }
      }
      case Command.Left _ ->
          all.values().forEach(wanted -> wanted.queue.removeIf(waiter -> waiter.answer().isDone()));
      case Command.Returned(Runner runner) -> {
        runner.leases--;
        runner.lastUsed = Instant.now();
      }
      case Command.Inspected(Wanted wanted, EngineSettings by, Inspection.Result result) ->
          inspected(wanted, result, by.equals(settings));
      case Command.Happened(Runner runner, Watch.News news) -> happened(runner, news);
      case Command.Unload(String name, CompletableFuture<Boolean> done) -> {
        boolean found = unload(name);
        answers.add(() -> done.complete(found));
      }
      // Options, and so plans, may mean something else now.
      case Command.Apply _ -> all.values().forEach(wanted -> wanted.plan = null);
      case Command.Stop _ -> stop();
    }
  }

  /// Tells callers what was decided for them; after the snapshot, in which they look next.
  void answer() {
    List<Runnable> due = List.copyOf(answers);
    answers.clear();
    due.forEach(Runnable::run);
  }

  /// @param current by the settings of now; else it is looked at once more
  private void inspected(Wanted wanted, Inspection.Result result, boolean current) {
    wanted.inspecting = false;
    switch (result) {
      case Inspection.Result.Fine(Plan plan) -> {
        wanted.plan = current ? plan : null;
        wanted.plannedAt = Instant.now();
      }
      case Inspection.Result.Bad(String why) ->
          refuse(wanted, waiter -> Sentences.damaged(waiter.load().name(), why));
    }
  }

  private void happened(Runner runner, Watch.News news) {
    switch (news) {
      case Watch.News.Spawned(RunnerProcess process) -> {
        runner.process = process;
        if (runner.state == Running.State.STOPPING) {
          process.stop(parts.patience().end());
        }
      }
      case Watch.News.Ready(Target target, Facts facts) -> {
        runner.target = target;
        runner.facts = facts;
        if (runner.state == Running.State.LOADING) {
          Instant now = Instant.now();
          Duration took = Duration.between(runner.startedAt, now);
          runner.state = Running.State.READY;
          runner.lastUsed = now;
          runner.readyAt = now;
          devicesChanged = now;
          runner.stayUntil = now.plus(took);
          parts.events().accept(new EngineEvent.Loaded(runner.name, took));
        }
      }
      case Watch.News.Ended ended -> ended(runner, ended);
    }
  }

  private void ended(Runner runner, Watch.News.Ended news) {
    Wanted wanted = runner.wanted;
    boolean expected = runner.state == Running.State.STOPPING;
    String why = expected ? runner.leaving : news.why();
    RunnerProcess process = runner.process;
    List<String> log = process == null ? List.of() : process.log().tail().lines();
    runners.remove(runner.id);
    wanted.runner = null;
    devicesChanged = Instant.now();
    history.add(new Running.Ended(runner.name, Instant.now(), why, expected, log), runner);
    if (expected) {
      answers.add(() -> runner.broken.complete(Sentences.unloaded(runner.name)));
      parts.events().accept(new EngineEvent.Unloaded(runner.name, why));
      return;
    }
    if (!news.modelRefused()) {
      wanted.crashes.add(Instant.now());
      wanted.crash = why;
    }
    if (runner.facts == null) {
      refuse(wanted, waiter -> Sentences.notLoaded(waiter.load().name(), why));
    }
    answers.add(() -> runner.broken.complete(Sentences.stopped(runner.name, why)));
    parts.events().accept(new EngineEvent.Failed(runner.name, why));
  }

  private boolean unload(String name) {
    List<Runner> serving =
        runners.values().stream().filter(runner -> runner.servedAs(name)).toList();
    for (Runner runner : serving) {
      switch (runner.state) {
        // Those who wait for it are served first.
        case LOADING -> runner.keepAlive = Duration.ZERO;
        case READY, DRAINING -> drain(runner, "it was asked to be unloaded", false);
        case STOPPING -> {}
      }
    }
    return !serving.isEmpty();
  }

  /// Ends everything and refuses everybody.
  void stop() {
    decideAgain = Instant.MAX;
    all.values().forEach(wanted -> refuse(wanted, _ -> Sentences.stopping()));
    runners.values().forEach(runner -> end(runner, "Corral stops"));
  }

  boolean empty() {
    return runners.isEmpty();
  }

  /// Does everything that can be done now.
  void advance(EngineSettings settings) {
    Instant now = Instant.now();
    decideAgain = Instant.MAX;
    for (Runner runner : runners.values()) {
      Instant expires = runner.expiresAt();
      boolean wanted = !runner.wanted.queue.isEmpty();
      if (expires != null && !expires.isAfter(now) && !wanted) {
        end(runner, "nobody asked for it in time");
      }
    }
    runners.values().forEach(this::grant);
    if (placeAll(settings, now)) {
      runners.values().forEach(Stable::stay);
      runners.values().forEach(this::grant);
    }
    for (Runner runner : runners.values()) {
      if (runner.state == Running.State.DRAINING && runner.leases == 0) {
        end(runner, runner.leaving);
      }
    }
    forget(now);
  }

  /// @return false where somebody waits for a place
  private boolean placeAll(EngineSettings settings, Instant now) {
    List<Wanted> waiting =
        all.values().stream()
            .filter(wanted -> !wanted.queue.isEmpty())
            .sorted(Comparator.comparingLong(wanted -> wanted.queue.element().number()))
            .toList();
    boolean placed = true;
    for (Wanted wanted : waiting) {
      // Looking at files takes no place; all else is first come, first served.
      if (placed || wanted.plan == null) {
        placed &= place(wanted, settings, now);
      }
    }
    return placed;
  }

  /// @return true where nothing more can be done for it now without taking somebody else's place
  private boolean place(Wanted wanted, EngineSettings settings, Instant now) {
    if (wanted.runner != null) {
      return true;
    }
    if (wanted.crashes.size() >= parts.patience().crashes()) {
      Instant rested = wanted.crashes.getFirst().plus(parts.patience().crashWindow());
      Duration left = Duration.between(now, rested);
      refuse(wanted, waiter -> Sentences.resting(waiter.load().name(), wanted.crash, left));
      return true;
    }
    Plan plan = wanted.plan;
    if (plan == null || stale(plan, wanted.plannedAt, now)) {
      inspect(wanted, settings);
      return false;
    }
    return switch (launch.get()) {
      case Engine.Found.None(String why) -> {
        refuse(wanted, _ -> Sentences.missing(why));
        yield true;
      }
      case Engine.Found.Program(Launch with, String _) ->
          otherOptionsGone(wanted, now) && admit(wanted, plan, with, settings, now);
    };
  }

  /// What a GPU has free changes with what others do there, and with the start and the end of each
  /// runner.
  private boolean stale(Plan plan, Instant plannedAt, Instant now) {
    return plan.deviceFree().isPresent()
        && (plan.readAt().isBefore(devicesChanged) || plannedAt.plus(DEVICES_KNOWN).isBefore(now));
  }

  private void inspect(Wanted wanted, EngineSettings settings) {
    if (wanted.inspecting) {
      return;
    }
    wanted.inspecting = true;
    Thread.ofVirtual()
        .name("inspect")
        .start(() ->
            tell.accept(
                new Command.Inspected(
                    wanted, settings, inspection.lookSafely(wanted.key, settings))));
  }

  /// One runner for each model: with other options it is started again.
  private boolean otherOptionsGone(Wanted wanted, Instant now) {
    for (Runner runner : runners.values()) {
      if (runner.wanted.key.weights().equals(wanted.key.weights())) {
        boolean turn = runner.leases == 0 || !runner.stayUntil.isAfter(now);
        if (runner.usable() && turn) {
          drain(runner, "other options were asked for", true);
        } else if (runner.usable()) {
          decideAgain = earlier(decideAgain, runner.stayUntil);
        }
        return false;
      }
    }
    return true;
  }

  private boolean admit(
      Wanted wanted, Plan plan, Launch with, EngineSettings settings, Instant now) {
    // Libraries for the processor alone leave every GPU aside.
    Plan judged = with.build().equals(Natives.CPU) ? plan.onHost() : plan;
    List<Admission.Seat> seats =
        runners.values().stream().map(runner -> runner.seat(judged.readAt())).toList();
    long free = parts.memory().get().freeBytes();
    return switch (Admission.decide(
        judged, seats, settings.maxLoaded(), settings.memoryShare(), free, now)) {
      case Admission.Decision.Start(Plan.Way way) -> {
        start(wanted, judged, way, with, settings, now);
        yield true;
      }
      case Admission.Decision.SendAway(long id) -> {
        Runner runner = Objects.requireNonNull(runners.get(id));
        drain(runner, "it made room for " + wanted.queue.element().load().name(), true);
        yield false;
      }
      case Admission.Decision.Wait(Instant until) -> {
        decideAgain = until == null ? decideAgain : earlier(decideAgain, until);
        yield false;
      }
      case Admission.Decision.Never never -> {
        refuse(wanted, waiter -> Sentences.tooLarge(waiter.load().name(), never));
        yield true;
      }
    };
  }

  private void start(
      Wanted wanted, Plan plan, Plan.Way way, Launch with, EngineSettings settings, Instant now) {
    Load load = wanted.queue.element().load();
    Runner runner = new Runner(numbers++, wanted, plan, way, load, settings.idleTime(), now);
    wanted.runner = runner;
    runners.put(runner.id, runner);
    Watch watch =
        new Watch(
            parts.upstream(),
            parts.patience(),
            with,
            load.name(),
            load.weights(),
            plan,
            way.flags());
    Thread.ofVirtual()
        .name("runner-" + load.name())
        .start(() -> watch.run(news -> tell.accept(new Command.Happened(runner, news))));
  }

  /// Gives everybody who waits for a runner that is ready the right to use it.
  private void grant(Runner runner) {
    Target target = runner.target;
    Facts facts = runner.facts;
    if (!runner.usable() || target == null || facts == null) {
      return;
    }
    for (Waiter waiter = runner.wanted.queue.poll();
        waiter != null;
        waiter = runner.wanted.queue.poll()) {
      Lease lease =
          new Lease(target, facts, runner.broken, () -> tell.accept(new Command.Returned(runner)));
      runner.leases++;
      runner.serves(waiter.load());
      CompletableFuture<Granted> answer = waiter.answer();
      answers.add(() -> {
        if (!answer.complete(lease)) {
          lease.close();
        }
      });
    }
  }

  private void refuse(Wanted wanted, Function<Waiter, Problem> why) {
    for (Waiter waiter : wanted.queue) {
      Refused refused = new Refused(why.apply(waiter));
      answers.add(() -> waiter.answer().complete(refused));
    }
    wanted.queue.clear();
  }

  /// @param givesWay it may stay after all if nobody needs its place any more
  private static void drain(Runner runner, String why, boolean givesWay) {
    runner.state = Running.State.DRAINING;
    runner.leaving = why;
    runner.givesWay = givesWay;
  }

  private static void stay(Runner runner) {
    if (runner.state == Running.State.DRAINING && runner.givesWay) {
      runner.state = Running.State.READY;
      runner.leaving = "";
    }
  }

  private void end(Runner runner, String why) {
    if (runner.state == Running.State.STOPPING) {
      return;
    }
    runner.state = Running.State.STOPPING;
    runner.leaving = why;
    RunnerProcess process = runner.process;
    if (process != null) {
      process.stop(parts.patience().end());
    }
  }

  private void forget(Instant now) {
    Instant since = now.minus(parts.patience().crashWindow());
    all.values().forEach(wanted -> wanted.crashes.removeIf(crash -> crash.isBefore(since)));
    all.values().removeIf(Wanted::done);
  }

  /// How long nothing has to be done if nothing happens.
  Duration untilNext() {
    Instant next = decideAgain;
    for (Runner runner : runners.values()) {
      Instant expires = runner.expiresAt();
      next = expires == null ? next : earlier(next, expires);
    }
    Instant now = Instant.now();
    return next.isBefore(now)
        ? Duration.ZERO
        : Duration.between(now, earlier(next, now.plus(LONGEST_NAP)));
  }

  History.Snapshot snapshot() {
    return history.snapshot(runners.values());
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
