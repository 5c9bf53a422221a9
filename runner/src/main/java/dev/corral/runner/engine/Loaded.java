package dev.corral.runner.engine;

import dev.corral.runner.llama.Batch;
import dev.corral.runner.llama.CacheType;
import dev.corral.runner.llama.Candidates;
import dev.corral.runner.llama.Context;
import dev.corral.runner.llama.ContextSettings;
import dev.corral.runner.llama.Devices;
import dev.corral.runner.llama.Model;
import dev.corral.runner.llama.NativeLog;
import dev.corral.runner.llama.Natives;
import dev.corral.runner.llama.NativesUnusable;
import dev.corral.runner.llama.Vocabulary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;

/// All that llama.cpp allocated for one engine. Made, used and closed by one thread; closed in
/// reverse.
record Loaded(
    Natives natives,
    Model model,
    Context context,
    Batch batch,
    Candidates candidates,
    Arena arena,
    Facts facts)
    implements AutoCloseable {

  /// A first step over more weights than these is shared by all threads; over fewer, they would
  /// wait for each other on the cores that the starting JVM wants itself.
  private static final long LARGE_BYTES = 256L << 20;

  /// Loads and warms up.
  ///
  /// @param abort ends a step early, at the engine's end
  static Loaded of(EngineSettings settings, DoubleConsumer progress, BooleanSupplier abort)
      throws ModelRefused, NativesUnusable {
    var natives = Natives.load(settings.natives());
    NativeLog.takeErrors();
    var model =
        Model.load(natives, settings.model(), placement(settings, natives), progress)
            .orElseThrow(() -> Refusals.ofModel(NativeLog.takeErrors(), settings.model()));
    try {
      refuse(model);
      return with(settings, natives, model, context(settings, model, abort));
    } catch (Throwable e) {
      model.close();
      throw e;
    }
  }

  private static Loaded with(
      EngineSettings settings, Natives natives, Model model, Context context) {
    var arena = Arena.ofConfined();
    try {
      var batch = new Batch(context.batch(), arena);
      int threads = settings.threads() > 0 ? settings.threads() : Threads.usual();
      boolean large = model.bytes() > LARGE_BYTES;
      if (large) {
        context.compute(threads);
      }
      warmUp(context, batch, model.vocabulary());
      if (!large) {
        context.compute(threads);
      }
      var candidates = new Candidates(model.vocabulary().size(), arena);
      var facts = facts(settings, natives, model, context);
      return new Loaded(natives, model, context, batch, candidates, arena, facts);
    } catch (Throwable e) {
      arena.close();
      context.close();
      throw e;
    }
  }

  /// A GPU that is not there is no reason to refuse: requests name one by habit (`main_gpu: 0`).
  private static Model.Placement placement(EngineSettings settings, Natives natives) {
    int gpu = settings.mainGpu();
    if (gpu >= Devices.gpus(natives)) {
      System.err.println("GPU " + gpu + " is not here; the model goes where there is room");
      gpu = -1;
    }
    return new Model.Placement(settings.gpuBlocks(), gpu, settings.memoryMap());
  }

  /// What llama.cpp loads and this engine cannot run.
  private static void refuse(Model model) throws ModelRefused {
    if (model.anotherKind()) {
      throw new ModelRefused(
          "A model that does not simply continue a text (encoder-decoder, diffusion) cannot be run"
              + " by this engine.");
    }
    if (!model.vocabulary().hasTexts()) {
      throw new ModelRefused("The file has no vocabulary, so no text can be read or written.");
    }
  }

  private static Context context(EngineSettings settings, Model model, BooleanSupplier abort)
      throws ModelRefused {
    var adapters = new ArrayList<MemorySegment>();
    for (var file : settings.adapters()) {
      adapters.add(
          model.adapter(file).orElseThrow(() -> Refusals.ofAdapter(NativeLog.takeErrors(), file)));
    }
    int length = settings.contextLength() == 0 ? model.trainedContext() : settings.contextLength();
    int batch = settings.batchSize();
    int microBatch = Math.min(settings.microBatchSize(), batch);
    if (wantsWholeTexts(settings, model)) {
      batch = Math.max(length, batch);
      microBatch = batch;
    }
    var wanted =
        new ContextSettings(
            length,
            batch,
            microBatch,
            settings.slots(),
            settings.pooling().code,
            settings.flashAttention().code,
            CacheType.find(settings.cacheTypeK()).orElseThrow().code,
            CacheType.find(settings.cacheTypeV()).orElseThrow().code,
            settings.unified(),
            0);
    return Context.open(model, wanted, adapters, abort)
        .orElseThrow(() -> Refusals.ofContext(NativeLog.takeErrors()));
  }

  /// Whether a text must be computed at one stretch: every token looks at every other, or the
  /// text's vector is made from all of them.
  private static boolean wantsWholeTexts(EngineSettings settings, Model model) {
    var architecture = model.metadata("general.architecture");
    if (model.metadata(architecture + ".attention.causal").equals("false")) {
      return true;
    }
    var inFile = model.metadata(architecture + ".pooling_type");
    var pooling =
        settings.pooling() != Pooling.MODEL || inFile.isEmpty()
            ? settings.pooling()
            : Pooling.of(Integer.parseInt(inFile));
    return switch (pooling) {
      case MEAN, CLS, RANK -> true;
      case MODEL, NONE, LAST -> false;
    };
  }

  /// One token, and forgotten: the weights are read from disk now, and not while somebody waits.
  private static void warmUp(Context context, Batch batch, Vocabulary vocabulary) {
    batch.clear();
    batch.add(Math.max(0, vocabulary.bos()), 0, 0, true);
    context.decode(batch);
    context.synchronize();
    context.remove(0, -1, -1);
    batch.clear();
  }

  private static Facts facts(
      EngineSettings settings, Natives natives, Model model, Context context) {
    var vocabulary = model.vocabulary();
    return new Facts(
        context.lengthOfSequence(),
        model.trainedContext(),
        settings.slots(),
        model.embeddingLength(),
        vocabulary.size(),
        Pooling.of(context.pooling()),
        vocabulary.bos() < 0 ? null : special(vocabulary, vocabulary.bos()),
        vocabulary.eos() < 0 ? null : special(vocabulary, vocabulary.eos()),
        vocabulary.addsBos(),
        vocabulary.addsEos(),
        model.chatTemplate(),
        model.metadata("general.architecture"),
        model.description(),
        model.bytes(),
        model.parameters(),
        context.canMove(),
        devices(natives),
        natives.name(),
        natives.version());
  }

  private static Facts.SpecialToken special(Vocabulary vocabulary, int id) {
    return new Facts.SpecialToken(id, vocabulary.text(id));
  }

  private static List<Facts.Device> devices(Natives natives) {
    return Devices.find(natives).stream()
        .map(found ->
            new Facts.Device(
                found.name(), found.description(), found.totalBytes(), found.freeBytes()))
        .toList();
  }

  @Override
  public void close() {
    arena.close();
    context.close();
    model.close();
  }
}
