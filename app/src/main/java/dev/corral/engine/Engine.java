package dev.corral.engine;

import dev.corral.hardware.Gpu;
import dev.corral.hardware.GpuSigns;
import dev.corral.hardware.HostMemory;
import dev.corral.upstream.Upstream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Owns the runners. One virtual thread decides, by commands from a queue; processes are started,
/// watched and ended on threads of their own, so that one that hangs delays nobody.
public final class Engine implements Runners, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Engine.class.getName());

  /// How long [#close()] waits for the ends of all processes; they end by themselves afterwards.
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final BlockingQueue<Command> commands = new LinkedBlockingQueue<>();
  private final Installation installation;
  private final Quantizer quantizer;
  private final Stable stable;
  private final Thread owner;
  private volatile EngineSettings settings;
  private volatile History.Snapshot snapshot = History.Snapshot.EMPTY;
  private volatile boolean closed;

  /// The owner takes no more commands.
  private volatile boolean over;

  /// What the engine is built from.
  ///
  /// @param memory the host's, read when a model is to be loaded
  /// @param gpus those that runners may use, read before a model is loaded; may take some seconds
  /// @param events told on the owner's thread; must not block
  public record Parts(
      Installation installation,
      Upstream upstream,
      Sizing sizing,
      Supplier<HostMemory> memory,
      Supplier<List<Gpu>> gpus,
      Patience patience,
      Consumer<EngineEvent> events) {}

  public Engine(EngineSettings settings, Parts parts) {
    this.settings = settings;
    this.installation = parts.installation();
    this.quantizer =
        new Quantizer(
            installation,
            () -> (long) (this.settings.memoryShare() * parts.memory().get().freeBytes()));
    // What a Corral that was killed left there.
    RunnerProcess.remove(installation.work());
    this.stable = new Stable(parts, commands::add, this::launch);
    this.owner = Thread.ofVirtual().name("engine").start(this::run);
  }

  /// Whether models can be run here, and with what.
  ///
  /// @param why the way out where they cannot, a note or nothing where they can
  public record Ability(boolean able, String runner, String why) {}

  public Ability ability() {
    return switch (launch()) {
      case Found.Program(Launch launch, String note) ->
          new Ability(
              true,
              switch (launch) {
                case Launch.Ours ours -> "own runner, " + ours.natives().variant();
                case Launch.LlamaServer _ -> "llama-server";
              },
              note);
      case Found.None none -> new Ability(false, "", none.why());
    };
  }

  /// What makes weights smaller, with the same libraries and within the same share of the memory.
  public Quantizer quantizer() {
    return quantizer;
  }

  @Override
  public CompletableFuture<Granted> lease(Load load) {
    CompletableFuture<Granted> answer = new CompletableFuture<>();
    if (closed) {
      answer.complete(new Refused(Sentences.stopping()));
      return answer;
    }
    var _ =
        answer.whenComplete((_, _) -> {
          if (answer.isCancelled()) {
            commands.add(new Command.Left());
          }
        });
    give(new Command.Ask(load, answer));
    return answer;
  }

  /// The owner may have ended between a caller's look at [#closed] and its command.
  private void give(Command command) {
    commands.add(command);
    if (over) {
      refuseTheRest();
    }
  }

  @Override
  public List<Running> running() {
    return snapshot.running();
  }

  /// The runners that ended last, newest first.
  public List<Running.Ended> ended() {
    return snapshot.ended();
  }

  /// The last lines of the runner that serves `name`, or of the last one that did.
  ///
  /// @param pid of its process
  /// @param from the number of the first line
  public record Log(long pid, long from, List<String> lines) {}

  public Optional<Log> log(String name) {
    return snapshot.log(name);
  }

  @Override
  public boolean unload(String name) {
    if (closed) {
      return false;
    }
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    give(new Command.Unload(name, done));
    return done.join();
  }

  /// A changed configuration: for what is loaded from now on.
  public void apply(EngineSettings changed) {
    settings = changed;
    commands.add(new Command.Apply(changed));
  }

  /// Ends every runner.
  @Override
  public void close() {
    closed = true;
    commands.add(new Command.Stop());
    try {
      boolean _ = owner.join(CLOSING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    boolean stopping = false;
    while (!(stopping && stable.empty())) {
      try {
        Command command = next();
        if (command instanceof Command.Stop) {
          stopping = true;
          stable.stop();
        } else if (command != null) {
          stable.apply(command, settings);
        }
        if (!stopping) {
          stable.advance(settings);
        }
        snapshot = stable.snapshot();
        stable.answer();
      } catch (InterruptedException e) {
        stopping = true;
        stable.stop();
      } catch (RuntimeException e) {
        // A fault in one command must not end the watch over all runners.
        LOG.log(System.Logger.Level.ERROR, "a runner's news could not be taken in", e);
      }
    }
    over = true;
    stable.stop();
    stable.answer();
    refuseTheRest();
  }

  private @Nullable Command next() throws InterruptedException {
    long nanos = stable.untilNext().toNanos();
    return commands.poll(nanos, TimeUnit.NANOSECONDS);
  }

  private void refuseTheRest() {
    List<Command> rest = new ArrayList<>();
    commands.drainTo(rest);
    for (Command command : rest) {
      switch (command) {
        case Command.Ask ask -> ask.answer().complete(new Refused(Sentences.stopping()));
        case Command.Unload unload -> unload.done().complete(false);
        default -> {}
      }
    }
  }

  /// What a model would be started with.
  sealed interface Found {
    record Program(Launch launch, String note) implements Found {}

    record None(String why) implements Found {}
  }

  private Found launch() {
    EngineSettings now = settings;
    if (now.enabled().equals("false")) {
      return new Found.None("engine.enabled is false");
    }
    if (!now.llamaServer().isEmpty()) {
      Path program = Path.of(now.llamaServer()).toAbsolutePath();
      return Files.isExecutable(program)
          ? new Found.Program(new Launch.LlamaServer(installation, program), "")
          : new Found.None("engine.llama-server names no program that can be run");
    }
    List<String> offered = GpuSigns.read().variants();
    return installation
        .natives()
        .flatMap(root -> Natives.find(root, now.natives(), offered))
        .<Found>map(
            natives -> new Found.Program(new Launch.Ours(installation, natives), natives.note()))
        .orElse(
            new Found.None(
                "the engine's libraries are not here. Start Corral with its launcher (./corral"
                    + " serve), with npm and network at hand, and it fetches them once; or name a"
                    + " llama-server of your own in engine.llama-server"));
  }
}
