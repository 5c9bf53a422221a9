package dev.corral.node;

import dev.corral.blobs.Foreign;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.engine.Quantizer;
import dev.corral.gguf.Gguf;
import dev.corral.model.Layer;
import dev.corral.upstream.CallerLeft;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/// `quantize`: the weights of a model in the making, written anew with fewer bits by llama.cpp, in
/// a process of its own. What Ollama does, in its words; the file is read again before it is used.
final class Smaller {
  /// What may be named (Ollama's `ParseFileType`), with the bits that a weight takes at most, for
  /// the room on the disk.
  private static final Map<String, Double> BITS =
      Map.of("F32", 32.0, "F16", 16.0, "BF16", 16.0, "Q8_0", 8.6, "Q4_K_M", 6.0, "Q4_K_S", 5.5);

  /// What may be made smaller.
  private static final Map<String, Double> WHOLE = Map.of("F32", 32.0, "F16", 16.0, "BF16", 16.0);

  private final Store store;
  private final WeightFiles files;
  private final Quantizer quantizer;

  Smaller(Store store, WeightFiles files, Quantizer quantizer) {
    this.store = store;
    this.files = files;
    this.quantizer = quantizer;
  }

  /// True where weights of the level `is` have to be written anew. The refusals are Ollama's.
  ///
  /// @param wanted as the caller wrote it; empty for nothing
  static boolean needed(String wanted, String is) {
    if (wanted.isEmpty()) {
      return false;
    }
    if (!BITS.containsKey(level(wanted))) {
      throw new Refused(
          500,
          "unsupported quantization type "
              + wanted.toUpperCase(Locale.ROOT)
              + " - supported types are F32, F16, Q4_K_S, Q4_K_M, Q8_0");
    }
    if (!WHOLE.containsKey(is)) {
      throw new Refused(500, "quantization is only supported for F16, BF16 and F32 models");
    }
    return !level(wanted).equals(is);
  }

  private static String level(String wanted) {
    String level = wanted.toUpperCase(Locale.ROOT);
    return level.equals("Q4_K") ? "Q4_K_M" : level;
  }

  /// A new blob with the weights of `from` at another level.
  ///
  /// @param from whose weights lie in `file`
  /// @param is their level, see [#needed(String, String)]
  WeightFiles.Checked made(
      WeightFiles.Checked from,
      Path file,
      String is,
      String wanted,
      Steps steps,
      Consumer<Runnable> onCancel)
      throws IOException, StoreFailure {
    long size = from.layer().size();
    String status = "quantizing " + is + " model to " + wanted.toUpperCase(Locale.ROOT);
    double share = BITS.getOrDefault(level(wanted), 0.0) / WHOLE.getOrDefault(is, 1.0);
    try (Foreign made = store.foreign((long) (size * share))) {
      Quantizer.Outcome outcome =
          quantizer.run(
              file,
              made.file(),
              level(wanted),
              Quantizer.memory(from.header()),
              new Telling(steps, status, size, onCancel));
      switch (outcome) {
        case Quantizer.Outcome.Done _ -> steps.say("verifying conversion");
        case Quantizer.Outcome.Failed(String why) ->
            throw new Refused(500, "the weights could not be quantized: " + why);
        case Quantizer.Outcome.Unable _ -> throw unable(level(wanted));
      }
      Layer layer = made.commit(Layer.MODEL);
      return new WeightFiles.Checked(layer, header(layer));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CallerLeft();
    }
  }

  /// A run as Ollama's events tell it.
  private record Telling(Steps steps, String status, long size, Consumer<Runnable> onCancel)
      implements Quantizer.Told {
    @Override
    public void waits() {
      steps.say("waiting for another model to be quantized");
    }

    @Override
    public void done(double share) {
      steps.measured(status, size, share);
    }

    @Override
    public void stoppable(Runnable stop) {
      onCancel.accept(stop);
    }
  }

  private Gguf header(Layer layer) throws IOException {
    return files.look("the quantized weights", layer.digest()).header();
  }

  private static Refused unable(String level) {
    return new Refused(
        501,
        "weights cannot be quantized here, because the engine's libraries are missing. Start Corral"
            + " with its launcher (./corral serve), with npm and network at hand, and it fetches"
            + " them once; or make a "
            + level
            + " file with llama.cpp's llama-quantize and create the model from that");
  }
}
