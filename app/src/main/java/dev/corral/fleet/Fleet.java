package dev.corral.fleet;

import dev.corral.ollama.Node;
import dev.corral.ollama.Sight;
import dev.corral.upstream.Target;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Owns the list of backends. One virtual thread changes it, by commands from a queue; everybody
/// else reads immutable snapshots. Looks run on virtual threads of their own, so that a backend
/// that hangs delays no other.
public final class Fleet implements AutoCloseable {
  /// How soon a backend that is down is asked again.
  private static final Duration DOWN_PROBE = Duration.ofSeconds(1);

  private static final System.Logger LOG = System.getLogger(Fleet.class.getName());

  private final BlockingQueue<Command> commands = new LinkedBlockingQueue<>();
  private final Node node;
  private final Clock clock;
  private final Consumer<FleetEvent> events;
  private final Map<String, Backend> backends = new LinkedHashMap<>();
  private final Map<String, Instant> due = new HashMap<>();
  private final Set<String> looking = new HashSet<>();
  private final Set<String> drained;
  private final Thread owner;
  private volatile HealthSettings settings;
  private volatile FleetSnapshot snapshot;
  private String choice;

  private sealed interface Command {
    record Replace(List<Named> named, String choice) implements Command {}

    record Add(Named named) implements Command {}

    record Remove(String name) implements Command {}

    record Drain(String name, boolean on) implements Command {}

    record Look(String name) implements Command {}

    record Looked(String name, Target target, Sight sight) implements Command {}

    record Unreachable(String name, String why) implements Command {}

    record Answered(String name) implements Command {}

    record Stop() implements Command {}
  }

  /// @param named the backends to begin with, in order
  /// @param choice one sentence: where they come from
  /// @param drained names of backends that get nothing new, whether they are among `named` or not
  public Fleet(
      Node node,
      HealthSettings settings,
      Clock clock,
      List<Named> named,
      String choice,
      Set<String> drained,
      Consumer<FleetEvent> events) {
    this.node = node;
    this.settings = settings;
    this.clock = clock;
    this.events = events;
    this.choice = choice;
    this.drained = new HashSet<>(drained);
    replace(named);
    this.snapshot = new FleetSnapshot(List.copyOf(backends.values()), choice);
    this.owner = Thread.ofVirtual().name("fleet").unstarted(this::run);
  }

  public void start() {
    owner.start();
  }

  public FleetSnapshot snapshot() {
    return snapshot;
  }

  /// A changed configuration: backends that stay the same keep their state.
  public void replace(List<Named> named, String choice, HealthSettings settings) {
    this.settings = settings;
    commands.add(new Command.Replace(List.copyOf(named), choice));
  }

  public void add(Named named) {
    commands.add(new Command.Add(named));
  }

  public void remove(String name) {
    commands.add(new Command.Remove(name));
  }

  public void drain(String name, boolean on) {
    commands.add(new Command.Drain(name, on));
  }

  /// Something changed there: look soon.
  public void look(String name) {
    commands.add(new Command.Look(name));
  }

  /// The hot path could not connect.
  public void unreachable(String name, String why) {
    commands.add(new Command.Unreachable(name, why));
  }

  /// The hot path got an answer from a backend that the snapshot calls down.
  public void answered(String name) {
    commands.add(new Command.Answered(name));
  }

  /// One look now, on the caller's thread, without waiting for the owner.
  public Sight test(Backend backend) {
    return look(backend);
  }

  /// Whether any backend holds a model of that name now. The snapshot may be older than a model, so
  /// where it knows of none they are asked, on the caller's thread.
  public boolean holdsNow(String name) {
    List<Backend> all = snapshot.backends();
    return all.stream().anyMatch(backend -> backend.holds(name))
        || all.stream()
            .filter(backend -> backend.state() != Backend.State.OURSELVES)
            .anyMatch(backend ->
                look(backend) instanceof Sight.Seen(var version, var stored, var loaded)
                    && backend.seen(version, stored, loaded, clock.instant()).holds(name));
  }

  @Override
  public void close() {
    commands.add(new Command.Stop());
    owner.interrupt();
  }

  private void run() {
    while (true) {
      Command command = next();
      if (command instanceof Command.Stop) {
        return;
      }
      try {
        if (command != null) {
          apply(command);
          publish();
        }
        startDueLooks();
      } catch (RuntimeException e) {
        // A fault in one command must not end the watch over all backends.
        LOG.log(System.Logger.Level.ERROR, "a backend's news could not be taken in", e);
      }
    }
  }

  private @Nullable Command next() {
    Instant now = clock.instant();
    // One that is being looked at is looked at again when that look has come back.
    Instant soonest =
        due.entrySet().stream()
            .filter(entry -> !looking.contains(entry.getKey()))
            .map(Map.Entry::getValue)
            .min(Instant::compareTo)
            .orElse(now.plus(settings.probe()));
    long wait = Math.clamp(Duration.between(now, soonest).toMillis(), 0, 60_000);
    try {
      return commands.poll(wait, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return new Command.Stop();
    }
  }

  private void apply(Command command) {
    switch (command) {
      case Command.Replace replace -> {
        choice = replace.choice();
        replace(replace.named());
      }
      case Command.Add add -> put(add.named());
      case Command.Remove remove -> {
        backends.remove(remove.name());
        due.remove(remove.name());
        drained.remove(remove.name());
      }
      case Command.Drain drain -> drain(drain);
      case Command.Look look -> {
        if (backends.containsKey(look.name())) {
          due.put(look.name(), clock.instant());
        }
      }
      case Command.Looked looked -> looked(looked);
      case Command.Unreachable lost -> lost(lost.name(), Backend.State.DOWN, lost.why());
      case Command.Answered answered -> {
        Backend backend = backends.get(answered.name());
        if (backend != null && backend.state() != Backend.State.UP) {
          due.put(answered.name(), clock.instant());
        }
      }
      case Command.Stop _ -> throw new IllegalStateException("stop is handled by the loop");
    }
  }

  private void replace(List<Named> named) {
    Set<String> names = new HashSet<>();
    named.forEach(one -> names.add(one.settings().name()));
    backends.keySet().retainAll(names);
    due.keySet().retainAll(names);
    named.forEach(this::put);
  }

  private void put(Named named) {
    String name = named.settings().name();
    Backend before = backends.get(name);
    if (before != null && before.settings().equals(named.settings())) {
      return;
    }
    String url = named.settings().url();
    Target target =
        url.equals(BackendSettings.INSIDE)
            ? Target.inside(name)
            : Target.parse(name, url, named.settings().key());
    Backend unseen = Backend.unseen(named.settings(), target, named.source());
    backends.put(name, unseen.draining(drained.contains(name)));
    due.put(name, clock.instant());
  }

  private void drain(Command.Drain drain) {
    boolean _ = drain.on() ? drained.add(drain.name()) : drained.remove(drain.name());
    backends.computeIfPresent(drain.name(), (_, backend) -> backend.draining(drain.on()));
  }

  private void startDueLooks() {
    Instant now = clock.instant();
    for (Backend backend : backends.values()) {
      Instant when = due.get(backend.name());
      if (when != null && !when.isAfter(now) && looking.add(backend.name())) {
        due.remove(backend.name());
        Thread.ofVirtual()
            .name("look-" + backend.name())
            .start(() ->
                commands.add(new Command.Looked(backend.name(), backend.target(), look(backend))));
      }
    }
  }

  private Sight look(Backend backend) {
    try {
      return backend.ollama()
          ? node.ollama(backend.target())
          : node.openai(backend.target(), backend.settings().models());
    } catch (RuntimeException | Error e) {
      // Else nobody would ever look at this backend again.
      LOG.log(System.Logger.Level.ERROR, "a look at '" + backend.name() + "' failed", e);
      return new Sight.Unseen("what it answered could not be read; see: corral logs");
    }
  }

  private void looked(Command.Looked looked) {
    looking.remove(looked.name());
    Backend backend = backends.get(looked.name());
    if (backend == null || !backend.target().equals(looked.target())) {
      return;
    }
    Instant now = clock.instant();
    switch (looked.sight()) {
      case Sight.Seen seen -> {
        Backend after = backend.seen(seen.version(), seen.stored(), seen.loaded(), now);
        backends.put(looked.name(), after);
        schedule(looked.name(), now.plus(settings.probe()));
        tell(backend, after);
      }
      case Sight.Untold _ -> schedule(looked.name(), now.plus(DOWN_PROBE));
      case Sight.Unseen unseen -> lost(looked.name(), Backend.State.DOWN, unseen.why());
      case Sight.Ourselves _ ->
          lost(
              looked.name(),
              Backend.State.OURSELVES,
              "it is this very instance, or leads back to it; set aside. Name the real backend in"
                  + " 'backends:' or OLLAMA_BASE_URL");
    }
  }

  private void lost(String name, Backend.State state, String why) {
    Backend backend = backends.get(name);
    if (backend == null) {
      return;
    }
    Instant now = clock.instant();
    Backend after = backend.lost(state, why, now);
    backends.put(name, after);
    schedule(name, now.plus(state == Backend.State.DOWN ? DOWN_PROBE : settings.probe()));
    tell(backend, after);
  }

  /// An earlier date that somebody asked for stays.
  private void schedule(String name, Instant when) {
    due.merge(name, when, (asked, regular) -> asked.isBefore(regular) ? asked : regular);
  }

  private void tell(Backend before, Backend after) {
    if (before.state() != after.state()) {
      events.accept(new FleetEvent(after.name(), before.state(), after.state(), after.why()));
    }
  }

  private void publish() {
    snapshot = new FleetSnapshot(List.copyOf(backends.values()), choice);
  }
}
