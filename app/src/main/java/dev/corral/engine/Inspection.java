package dev.corral.engine;

import dev.corral.gguf.Fault;
import dev.corral.gguf.FileBytes;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufReader;
import dev.corral.gguf.ReadSettings;
import dev.corral.gguf.Reading;
import dev.corral.hardware.Gpu;
import dev.corral.hardware.GpuSigns;
import dev.corral.hardware.Processors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// Looks at a model's files before a process is started for them: damaged ones make llama.cpp
/// abort, and a header tells what the model was trained for and what it will need.
final class Inspection {
  /// What our runner's own process takes beside the model.
  private static final long OWN_BYTES = 90L << 20;

  /// Slots of a runner where nobody said, as far as memory allows.
  private static final List<Integer> USUAL_SLOTS = List.of(4, 2, 1);

  private static final int USUAL_BATCH = 512;

  /// A text that becomes a vector must fit into one step.
  private static final int EMBEDDING_BATCH = 2048;

  /// Below it Ollama lifts `num_ctx` too (reference/ollama.md section 8).
  private static final int LEAST_CONTEXT = 4;

  /// Adapters have tensors and no vocabulary.
  private static final ReadSettings ADAPTER = new ReadSettings(false, false);

  private final Sizing sizing;
  private final Supplier<List<Gpu>> gpus;

  /// @param gpus those that runners may use; may take some seconds
  Inspection(Sizing sizing, Supplier<List<Gpu>> gpus) {
    this.sizing = sizing;
    this.gpus = gpus;
  }

  sealed interface Result {
    record Fine(Plan plan) implements Result {}

    /// @param why a sentence for the person who brought the file
    record Bad(String why) implements Result {}
  }

  /// Whatever a file holds, its callers are told.
  Result lookSafely(Key key, EngineSettings settings) {
    try {
      return look(key, settings);
    } catch (RuntimeException e) {
      System.getLogger(Inspection.class.getName())
          .log(System.Logger.Level.ERROR, "a header could not be judged", e);
      return new Result.Bad("its header could not be judged");
    }
  }

  /// Reads the headers; blocking.
  Result look(Key key, EngineSettings settings) {
    return switch (header(key.weights(), ReadSettings.forLoading())) {
      case Reading.Refused refused -> new Result.Bad(refused.reason());
      case Reading.Provisional _ -> new Result.Bad("its header could not be read to the end");
      case Reading.Exact(Gguf gguf) -> {
        for (Path adapter : key.adapters()) {
          if (header(adapter, ADAPTER) instanceof Reading.Refused refused) {
            yield new Result.Bad("its adapter: " + refused.reason());
          }
        }
        yield new Result.Fine(plan(gguf, key, settings));
      }
    };
  }

  private static Reading header(Path file, ReadSettings how) {
    try (FileBytes bytes = FileBytes.open(file)) {
      return GgufReader.read(bytes, how);
    } catch (IOException e) {
      return new Reading.Refused(
          Fault.UNREADABLE,
          Files.exists(file)
              ? "its file cannot be read (" + e.getClass().getSimpleName() + ")"
              : "its file is not there any more");
    }
  }

  private Plan plan(Gguf gguf, Key key, EngineSettings settings) {
    String architecture = gguf.architecture().orElse("");
    int trained =
        (int) Math.min(Integer.MAX_VALUE, gguf.whole(architecture + ".context_length").orElse(0));
    int asked = Math.max(LEAST_CONTEXT, key.context());
    int context = trained > 0 ? Math.min(asked, Math.max(LEAST_CONTEXT, trained)) : asked;
    boolean embeds = gguf.whole(architecture + ".pooling_type").orElse(0) > 0;
    List<Plan.Way> ways = new ArrayList<>();
    Instant readAt = Instant.now();
    OptionalLong free = OptionalLong.empty();
    for (int slots : slots(settings.parallelSlots(), embeds)) {
      RunnerFlags flags = flags(key, settings, context, slots, embeds);
      free = ways.isEmpty() ? free(flags) : free;
      long bytes = sizing.hostBytes(gguf, flags) + OWN_BYTES;
      boolean host = onHost(flags, free);
      ways.add(new Plan.Way(flags, host ? bytes : 0, host ? 0 : bytes));
    }
    return new Plan(ways, context, trained, gguf.length(), free, readAt);
  }

  private static List<Integer> slots(OptionalInt wanted, boolean embeds) {
    if (wanted.isPresent()) {
      return List.of(wanted.getAsInt());
    }
    return embeds ? List.of(1) : USUAL_SLOTS;
  }

  private static RunnerFlags flags(
      Key key, EngineSettings settings, int context, int slots, boolean embeds) {
    LoadOptions options = key.options();
    Integer threads = options.threads();
    Integer batch = options.batch();
    Integer blocks = options.gpuBlocks();
    OptionalInt usualBlocks = settings.blocksOnGpu();
    // Ours sets a request aside where the shared cache is full; a llama-server breaks it off.
    boolean shared = settings.unified() && settings.llamaServer().isEmpty();
    int usualBatch = embeds ? Math.min(EMBEDDING_BATCH, context) : USUAL_BATCH;
    return new RunnerFlags(
        shared ? context : (int) Math.min(Integer.MAX_VALUE, (long) context * slots),
        slots,
        shared,
        batch == null || batch < 1 ? usualBatch : batch,
        threads == null || threads < 1
            ? settings.threadCount().orElseGet(() -> Processors.read().forOneModel())
            : threads,
        blocks != null && blocks >= 0
            ? blocks
            : usualBlocks.isPresent() ? Integer.valueOf(usualBlocks.getAsInt()) : null,
        options.mainGpu(),
        options.memoryMap() == null || options.memoryMap(),
        embeds,
        key.adapters());
  }

  private static boolean onHost(RunnerFlags flags, OptionalLong deviceFree) {
    Integer blocks = flags.gpuBlocks();
    boolean none = deviceFree.isEmpty() && !GpuSigns.read().any();
    return (blocks != null && blocks == 0) || none;
  }

  /// What the GPUs have free; the runner itself deals the blocks among them. Empty where one does
  /// not tell, or the memory is the host's own.
  private OptionalLong free(RunnerFlags flags) {
    Integer blocks = flags.gpuBlocks();
    if (blocks != null) {
      return OptionalLong.empty(); // how much of it goes there is the caller's choice
    }
    List<Gpu> all = gpus.get();
    Integer main = flags.mainGpu();
    int alone = main == null ? -1 : main;
    List<Gpu> used = alone >= 0 && alone < all.size() ? List.of(all.get(alone)) : all;
    boolean told = used.stream().noneMatch(gpu -> gpu.shared() || gpu.freeBytes().isEmpty());
    return used.isEmpty() || !told
        ? OptionalLong.empty()
        : OptionalLong.of(used.stream().mapToLong(gpu -> gpu.freeBytes().orElse(0)).sum());
  }
}
