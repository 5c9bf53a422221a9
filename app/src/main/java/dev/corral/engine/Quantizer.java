package dev.corral.engine;

import dev.corral.gguf.Gguf;
import dev.corral.gguf.Tensor;
import dev.corral.hardware.Processors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes weights smaller, in a process of its own on the processor: a file that ends it hurts
/// nobody else. One at a time, because each takes all processors and much memory.
public final class Quantizer {
  /// How it ended.
  public sealed interface Outcome {
    record Done() implements Outcome {}

    /// @param why in words for the caller, without paths of the disk
    record Failed(String why) implements Outcome {}

    /// The engine's libraries are not here.
    record Unable() implements Outcome {}
  }

  private static final System.Logger LOG = System.getLogger(Quantizer.class.getName());
  private static final String MAIN = "dev.corral.runner.Quantize";
  private static final int REFUSED = 3;

  private static final String STOPPED = "it was stopped";

  /// llama.cpp's line for a tensor that is done: `[ 12/ 201] blk.0…`.
  private static final Pattern STEP = Pattern.compile("^\\[ *(\\d{1,9})/ *(\\d{1,9})\\].*");

  /// Of a crash so many of its lines are kept for the operator.
  private static final int LAST_LINES = 20;

  /// A process that was killed is gone at once, unless a disk holds it.
  private static final long GOING_SECONDS = 5;

  /// For each element of the tensor that is being written: read as a float, and the room for what
  /// becomes of it (`llama_model_quantize_impl`). The file itself is mapped and counts as free.
  private static final long BYTES_PER_ELEMENT = 2L * Float.BYTES;

  /// The process itself, with the engine's libraries.
  private static final long OWN_BYTES = 96L << 20;

  private static final double GIB = 1L << 30;

  private final Installation installation;
  private final LongSupplier allowed;
  private final Line line = new Line();

  /// @param allowed bytes of memory that it may take now
  public Quantizer(Installation installation, LongSupplier allowed) {
    this.installation = installation;
    this.allowed = allowed;
  }

  /// What the process needs of memory for a file, at most.
  public static long memory(Gguf header) {
    long largest = header.tensors().stream().mapToLong(Tensor::elements).max().orElse(0);
    return OWN_BYTES + largest * BYTES_PER_ELEMENT;
  }

  /// Hears of a run.
  public interface Told {
    /// Another one is being written; this one comes after it.
    void waits();

    /// The share that is done, 0 to 1. What it throws ends the run.
    void done(double share);

    /// Given what ends the run, or its wait, from another thread.
    void stoppable(Runnable stop);
  }

  /// Writes `to` and returns when it is whole or given up.
  ///
  /// @param level as Ollama names it: `Q4_K_M`, `Q8_0`, `F16`, …
  /// @param memory what it needs, see [#memory(Gguf)]
  public Outcome run(Path from, Path to, String level, long memory, Told told)
      throws InterruptedException {
    Optional<Launch.Ours> launch = Launch.onProcessor(installation);
    if (launch.isEmpty()) {
      return new Outcome.Unable();
    }
    try (Line.Place place = line.join()) {
      told.stoppable(place::close);
      if (!place.first()) {
        told.waits();
      }
      if (!place.awaitTurn()) {
        return new Outcome.Failed(STOPPED);
      }
      long free = allowed.getAsLong();
      return memory > free
          ? new Outcome.Failed(tooLarge(memory, free))
          : inTurn(launch.get(), from, to, level, told);
    }
  }

  private static String tooLarge(long memory, long free) {
    return String.format(
        Locale.ROOT,
        "it takes up to %.1f GiB of memory, and %.1f GiB are free for it; stop a model that is"
            + " loaded (corral stop NAME), or quantize on a larger machine",
        memory / GIB,
        free / GIB);
  }

  private Outcome inTurn(Launch.Ours launch, Path from, Path to, String level, Told listener)
      throws InterruptedException {
    Path folder = null;
    try {
      folder = Files.createTempDirectory(Files.createDirectories(installation.work()), "quantize");
      ProcessBuilder builder =
          new ProcessBuilder(command(launch, from, to, level)).directory(folder.toFile());
      builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
      builder.environment().clear();
      builder.environment().putAll(Surroundings.of(installation.environment()));
      Process process = builder.start();
      AtomicBoolean stopped = new AtomicBoolean();
      listener.stoppable(() -> {
        stopped.set(true);
        process.destroyForcibly();
      });
      return told(watch(process, listener, stopped), from, to);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "weights could not be made smaller", e);
      return new Outcome.Failed("its process could not be started; see: corral logs");
    } finally {
      if (folder != null) {
        RunnerProcess.remove(folder);
      }
    }
  }

  private List<String> command(Launch.Ours ours, Path from, Path to, String level) {
    List<String> command = ours.program(MAIN, List.of("-XX:+UseSerialGC"));
    command.addAll(List.of("--model", from.toString(), "--output", to.toString()));
    command.addAll(List.of("--level", level, "--natives", ours.natives().folder().toString()));
    command.addAll(List.of("--threads", Integer.toString(Processors.read().forOneModel())));
    return command;
  }

  private static Outcome told(Outcome outcome, Path from, Path to) {
    return outcome instanceof Outcome.Failed(String why)
        ? new Outcome.Failed(
            why.replace(from.toString(), "the file").replace(to.toString(), "the new file"))
        : outcome;
  }

  private static Outcome watch(Process process, Told listener, AtomicBoolean stopped)
      throws InterruptedException {
    RunnerLog log = new RunnerLog();
    try {
      RunnerLog.read(
          process.getErrorStream(),
          line -> {
            log.add(line);
            Matcher step = STEP.matcher(line);
            if (step.matches()) {
              listener.done(
                  Double.parseDouble(step.group(1)) / Math.max(1, Long.parseLong(step.group(2))));
            }
          });
      int code = process.waitFor();
      if (stopped.get()) {
        return new Outcome.Failed(STOPPED);
      }
      return switch (code) {
        case 0 -> new Outcome.Done();
        case REFUSED -> new Outcome.Failed(log.lastWords());
        default -> crashed(code, log);
      };
    } finally {
      // Whoever removes its file does so once it writes no more.
      var _ =
          process
              .destroyForcibly()
              .onExit()
              .completeOnTimeout(process, GOING_SECONDS, TimeUnit.SECONDS)
              .join();
    }
  }

  private static Outcome crashed(int code, RunnerLog log) {
    List<String> lines = log.tail().lines();
    LOG.log(
        System.Logger.Level.ERROR,
        "making weights smaller ended with code "
            + code
            + ": "
            + String.join(
                "\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size())));
    return new Outcome.Failed("its process ended with code " + code + "; see: corral logs");
  }
}
