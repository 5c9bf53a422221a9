package dev.corral.engine;

import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufWriter;
import dev.corral.gguf.TensorType;
import dev.corral.hardware.Gpu;
import dev.corral.hardware.HostMemory;
import dev.corral.testkit.Await;
import dev.corral.upstream.Upstream;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An engine with stand-in runners, and models in a folder.
final class Stage implements AutoCloseable {
  private static final Duration LONG = Await.LONG;

  /// Three processes start and crash within it on the slowest machine.
  static final Duration CRASHES = LONG.multipliedBy(10);

  final BlockingQueue<EngineEvent> events = new LinkedBlockingQueue<>();
  final Engine engine;
  private final Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final Upstream upstream = new Upstream(vertx);
  private volatile long freeBytes = 1L << 40;
  private volatile Supplier<List<Gpu>> gpus = List::of;

  Stage(Path folder, EngineSettings settings, Patience patience) {
    this(folder, installation(folder), settings, patience);
  }

  private Stage(
      Path folder, Installation installation, EngineSettings settings, Patience patience) {
    this.folder = folder;
    this.engine =
        new Engine(
            settings,
            new Engine.Parts(
                installation,
                upstream,
                (header, _) -> header.whole("test.needs").orElse(0) << 20,
                () -> new HostMemory(1L << 40, freeBytes, "test", Instant.EPOCH),
                () -> gpus.get(),
                patience,
                events::add));
  }

  static Stage with(Path folder, int maxLoaded) {
    return new Stage(folder, settings(maxLoaded, "5m"), patience());
  }

  /// @param natives where the libraries should be
  static Stage withNatives(Path folder, Optional<Path> natives) {
    Installation usual = installation(folder);
    Installation installation =
        new Installation(
            usual.java(),
            usual.ownClassPath(),
            usual.runnerClassPath(),
            usual.runnerMain(),
            natives,
            usual.classCache(),
            usual.work(),
            usual.environment());
    return new Stage(folder, installation, settings(3, "5m"), patience());
  }

  static EngineSettings settings(int maxLoaded, String keepAlive) {
    EngineSettings usual = EngineSettings.defaults();
    return new EngineSettings(
        "true",
        "cpu",
        "0",
        usual.parallel(),
        usual.unified(),
        keepAlive,
        maxLoaded,
        usual.memory(),
        "1",
        usual.contextLength(),
        "");
  }

  /// The stand-in as a llama-server: a program of its own, as the setting names it.
  static EngineSettings llamaServer(Path folder) {
    Installation real = installation(folder);
    try {
      Path program = folder.resolve("llama-server");
      Files.writeString(
          program,
          "#!/bin/sh\nexec '%s' -XX:TieredStopAtLevel=1 -cp '%s' %s \"$@\"\n"
              .formatted(real.java(), real.ownClassPath(), StandInRunner.class.getName()));
      if (!program.toFile().setExecutable(true)) {
        throw new AssertionError("this folder holds no programs");
      }
      EngineSettings usual = settings(3, "5m");
      return new EngineSettings(
          "true",
          "cpu",
          "0",
          usual.parallel(),
          usual.unified(),
          "5m",
          3,
          usual.memory(),
          "1",
          usual.contextLength(),
          program.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Generous, for machines that are busy with other things.
  static Patience patience() {
    Patience usual = Patience.usual();
    return new Patience(
        LONG, Duration.ofSeconds(5), LONG, usual.misses(), Duration.ofSeconds(1), 3, CRASHES);
  }

  /// The JVM of this test with the stand-in as its runner, and libraries that are none.
  static Installation installation(Path folder) {
    Installation real = Installation.ofThisProcess(folder.resolve("work"), System.getenv());
    try {
      Path natives = Files.createDirectories(folder.resolve("natives").resolve("cpu"));
      Path library = natives.resolve("libllama.so");
      if (Files.notExists(library)) {
        Files.createFile(library);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("CORRAL_SECRET", "not for runners");
    environment.put("GGML_BACKEND_PATH", "/somewhere/else.so");
    environment.put("CUDA_VISIBLE_DEVICES", "1");
    return new Installation(
        real.java(),
        real.ownClassPath(),
        real.ownClassPath(),
        StandInRunner.class.getName(),
        Optional.of(folder.resolve("natives")),
        Optional.empty(),
        real.work(),
        environment);
  }

  /// So much of the host's memory is free from now on.
  void free(long mebibytes) {
    freeBytes = mebibytes << 20;
  }

  /// There is a GPU, which tells so many mebibytes as free whenever it is asked.
  void freeOnGpu(LongSupplier mebibytes) {
    gpus =
        () -> {
          OptionalLong free = OptionalLong.of(mebibytes.getAsLong() << 20);
          return List.of(new Gpu("0", "card", Gpu.Vendor.NVIDIA, free, free, false, "", "nvml"));
        };
  }

  /// A model whose runner behaves so.
  Path model(String name, StandInRunner.Habit habit) {
    return model(folder, name, habit, 10);
  }

  /// @param needs mebibytes
  static Path model(Path folder, String name, StandInRunner.Habit habit, int needs) {
    Path file = folder.resolve(name);
    try (OutputStream out = Files.newOutputStream(file)) {
      Files.writeString(folder.resolve(name + ".habit"), habit.name());
      new GgufWriter()
          .text(Gguf.ARCHITECTURE, "llama")
          .whole("llama.context_length", 8192)
          .whole("test.needs", needs)
          .tensor("a", TensorType.F32, List.of(4L), data -> data.write(new byte[16]))
          .writeTo(out);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Load load(Path model) {
    return load(model, null);
  }

  Load load(Path model, @Nullable Duration keepAlive) {
    return load(model, LoadOptions.none(), keepAlive);
  }

  Load load(Path model, LoadOptions options, @Nullable Duration keepAlive) {
    return new Load(
        model.getFileName().toString(), "sha256:0", model, List.of(), options, keepAlive);
  }

  /// Asks and waits for the lease.
  Lease lease(Load load) {
    Granted granted = granted(load);
    if (granted instanceof Lease lease) {
      return lease;
    }
    throw new AssertionError("no lease but " + granted);
  }

  Refused refused(Load load) {
    Granted granted = granted(load);
    if (granted instanceof Refused refused) {
      return refused;
    }
    throw new AssertionError("a lease instead of a refusal");
  }

  private Granted granted(Load load) {
    return engine.lease(load).orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join();
  }

  /// The one runner of that model.
  Running running(Path model) {
    return engine.running().stream()
        .filter(one -> one.name().equals(model.getFileName().toString()))
        .findFirst()
        .orElseThrow();
  }

  boolean loaded(Path model) {
    return engine.running().stream()
        .anyMatch(one -> one.name().equals(model.getFileName().toString()));
  }

  String seen(Path model) {
    try {
      return Files.readString(model.resolveSibling(model.getFileName() + ".seen"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void go(Path model) {
    try {
      Files.createFile(model.resolveSibling(model.getFileName() + ".go"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void kill(long pid) {
    boolean _ = ProcessHandle.of(pid).orElseThrow().destroyForcibly();
  }

  /// A process that has ended stays in the system's table until its parent, whoever that is by now,
  /// has taken note.
  static boolean alive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false) && !ended(pid);
  }

  private static boolean ended(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
    } catch (IOException noSuchTable) {
      return false;
    }
  }

  static void await(BooleanSupplier done, String what) {
    Await.until(done, what);
  }

  @Override
  public void close() {
    engine.close();
    // It waits no longer than an operator would, and goes on by itself.
    await(() -> engine.running().isEmpty(), "all runners have ended");
    upstream.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
