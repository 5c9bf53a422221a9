package dev.corral;

import dev.corral.access.BindRule;
import dev.corral.engine.Engine;
import dev.corral.engine.Running;
import dev.corral.fit.Fit;
import dev.corral.fit.FitSettings;
import dev.corral.fit.Here;
import dev.corral.fit.Placement;
import dev.corral.fleet.Backend;
import dev.corral.fleet.Fleet;
import dev.corral.gguf.Gguf;
import dev.corral.hardware.ProcessMemory;
import dev.corral.model.ModelName;
import dev.corral.ollama.LoadedModel;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Compares what models take in memory with what was estimated: runners of our own engine by their
/// process, models of nodes on this machine by what `/api/ps` tells. One virtual thread looks from
/// time to time.
final class LoadWatch implements AutoCloseable {
  static final Duration INTERVAL = Duration.ofSeconds(5);

  /// A runner touches its memory while it answers: what it took at most within so many looks
  /// counts.
  private static final int LOOKS = 12;

  private static final Pattern CONTEXT = Pattern.compile("\"context_length\":\\s*(\\d{1,9})");

  private final Fleet fleet;
  private final Engine engine;
  private final Function<ModelName, Optional<Gguf>> headers;
  private final Here here;
  private final LoadRecord record;
  private final Map<Long, Seen> runners = new HashMap<>();
  private final Set<String> compared = new HashSet<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  private record Seen(String name, long estimated, long most, int looks) {}

  /// @param headers whole headers of models that lie in a readable store
  LoadWatch(
      Fleet fleet,
      Engine engine,
      Function<ModelName, Optional<Gguf>> headers,
      Here here,
      LoadRecord record,
      Duration interval) {
    this.fleet = fleet;
    this.engine = engine;
    this.headers = headers;
    this.here = here;
    this.record = record;
    this.thread = Thread.ofVirtual().name("load watch").start(() -> run(interval));
  }

  private void run(Duration interval) {
    while (true) {
      try {
        if (closing.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
        runners(engine.running());
        nodes(fleet.snapshot().open());
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        System.getLogger("dev.corral")
            .log(System.Logger.Level.WARNING, "a load could not be compared", e);
      }
    }
  }

  /// Ends between two looks, before the database that it writes to is closed.
  @Override
  public void close() {
    closing.countDown();
    try {
      boolean _ = thread.join(INTERVAL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// What lies on a GPU is not in the process's own memory, and no driver tells it by model.
  private void runners(List<Running> running) {
    for (Running one : running) {
      boolean counts =
          one.state() == Running.State.READY
              && one.pid() > 0
              && one.vramBytes() == 0
              && one.sizeBytes() > 0;
      if (counts) {
        long now = ProcessMemory.of(one.pid()).residentBytes();
        Seen seen = runners.getOrDefault(one.pid(), new Seen(one.name(), one.sizeBytes(), 0, 0));
        Seen next =
            new Seen(seen.name(), seen.estimated(), Math.max(seen.most(), now), seen.looks() + 1);
        runners.put(one.pid(), next);
        if (next.looks() == LOOKS) {
          compare(next);
        }
      }
    }
    runners.keySet().retainAll(running.stream().map(Running::pid).toList());
  }

  private void compare(Seen seen) {
    ModelName.parse(seen.name())
        .flatMap(headers)
        .flatMap(Gguf::architecture)
        .ifPresent(name -> record.add(name, "cpu", seen.estimated(), seen.most()));
  }

  private void nodes(List<Backend> backends) {
    Set<String> now = new HashSet<>();
    for (Backend backend : backends) {
      if (!near(backend)) {
        continue;
      }
      for (LoadedModel model : backend.loaded()) {
        String key = backend.name() + " " + model.digest() + " " + model.size();
        now.add(key);
        if (compared.add(key)) {
          compare(model);
        }
      }
    }
    compared.retainAll(now);
  }

  /// A node on another machine has other memory.
  private static boolean near(Backend backend) {
    return backend.ollama()
        && !backend.target().isInside()
        && BindRule.loopback(backend.target().host());
  }

  private void compare(LoadedModel model) {
    boolean host = model.sizeVram() == 0;
    boolean device = model.size() > 0 && model.sizeVram() == model.size();
    Optional<Gguf> gguf = ModelName.parse(model.name()).flatMap(headers);
    if (gguf.isEmpty() || !(host || device)) {
      return;
    }
    Matcher context = CONTEXT.matcher(model.listing());
    FitSettings settings =
        FitSettings.of(
                context.find()
                    ? Math.max(1, Long.parseLong(context.group(1)))
                    : FitSettings.DEFAULT_CONTEXT)
            .withPlacement(host ? new Placement.Cpu() : new Placement.Gpu());
    Fit fit = here.of(model.name(), gguf.get(), settings);
    if (!fit.exact()) {
      return;
    }
    here.driver(!host)
        .ifPresent(driver ->
            record.add(
                fit.architecture(),
                driver,
                fit.hostBytes() + fit.deviceBytes().stream().mapToLong(Long::longValue).sum(),
                model.size()));
  }
}
