package dev.corral.fit;

import dev.corral.gguf.Gguf;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Bytes by host and device, before any verdict.
///
/// @param weights the host first, then each GPU; so are the others
/// @param output rows of logits on the host
record Estimate(List<Long> weights, List<Long> cache, List<Long> compute, long output) {

  /// An architecture whose graph is not known here gets as much again for its steps. With a quarter
  /// more some still took more than that; with twice, and what the keys show beside, none that
  /// could be measured does (`bench/RESULTS.md`).
  private static final long DOUBT = 2;

  /// What the encoder of a projector takes for its steps at most; source: memory-fit note, section
  /// 3.6, as Ollama reserves it.
  private static final long SEEING = 1L << 30;

  static Estimate of(Gguf gguf, Shape shape, FitSettings settings, List<Double> freeShares) {
    Run run = Run.of(settings, shape);
    Deal deal = Deal.of(settings.placement(), shape, freeShares);
    Weights.Dealt dealt = Weights.deal(gguf, shape, deal);
    long[] cache = new long[1 + deal.devices()];
    long hostBlock = 0;
    for (int i = 0; i < shape.blocks().size(); i++) {
      long bytes = Cache.bytes(shape, i, run);
      cache[deal.cache(i)] += bytes;
      if (deal.cache(i) == 0) {
        hostBlock = Math.max(hostBlock, bytes);
      }
    }
    long output = 4L * shape.vocabulary() * run.slots();
    if (settings.embeddings()) {
      output += 4L * shape.embedding() * run.slots();
    }
    List<Long> compute = compute(shape, run, deal, dealt, hostBlock, gguf.sees());
    return new Estimate(
        dealt.bytes(),
        boxed(cache),
        shape.known() ? compute : compute.stream().map(bytes -> DOUBT * bytes).toList(),
        output);
  }

  private static List<Long> compute(
      Shape shape, Run run, Deal deal, Weights.Dealt dealt, long hostBlock, boolean sees) {
    Compute compute = new Compute(shape, run);
    long[] bytes = new long[1 + deal.devices()];
    if (deal.devices() == 0) {
      bytes[0] = compute.host() + (sees ? SEEING : 0);
      return boxed(bytes);
    }
    bytes[0] =
        compute.pinned() + compute.hostSteps(deal.partial(), deal.partial() || deal.cacheOnHost());
    bytes[1] = compute.device(passing(shape, deal, dealt), hostBlock, true);
    if (deal.devices() > 1) {
      long first = bytes[1];
      bytes[0] = compute.pinnedPipeline();
      for (int i = 1; i <= deal.devices(); i++) {
        bytes[i] = first + compute.pipeline(i == 1) + foreignCaches(shape, run, deal, i);
      }
    }
    bytes[1] += sees ? SEEING : 0;
    return boxed(bytes);
  }

  /// Blocks without a cache of their own read that of an earlier one. Where that lies on another
  /// GPU, each of them gets its copies of it, one for each step under way; source: the engine's
  /// scheduler, which copies every view on its own and keeps all copies of a pipeline.
  private static long foreignCaches(Shape shape, Run run, Deal deal, int device) {
    long bytes = 0;
    for (int i = 0; i < shape.blocks().size(); i++) {
      int owner = shape.cacheOf(i);
      if (owner >= 0 && owner != i && deal.block(i) == device && deal.block(owner) != device) {
        bytes += Compute.COPIES * Cache.bytes(shape, owner, run);
      }
    }
    return bytes;
  }

  /// Bytes of the largest tensor that is on the host and computed with on the GPU. Where kinds of
  /// blocks alternate, the buffer cannot be used again from one to the next, and holds two.
  private static long passing(Shape shape, Deal deal, Weights.Dealt dealt) {
    if (deal.partial()) {
      return dealt.largest();
    }
    boolean alternating =
        shape.densesAmongExperts()
            || shape.blocks().stream()
                .anyMatch(
                    block -> block.recurs() && block.mixer() != Block.Mixer.SHORT_CONVOLUTION);
    return deal.expertsOnHost() ? dealt.largestExpert() * (alternating ? 2 : 1) : 0;
  }

  /// The host's share and the devices'.
  static Fit.Part part(List<Long> bytes) {
    return new Fit.Part(bytes.getFirst(), bytes.subList(1, bytes.size()));
  }

  static List<Long> boxed(long[] bytes) {
    return Arrays.stream(bytes).boxed().toList();
  }

  long host() {
    return weights.getFirst() + cache.getFirst() + compute.getFirst() + output;
  }

  List<Long> devices() {
    return IntStream.range(1, weights.size())
        .mapToObj(i -> weights.get(i) + cache.get(i) + compute.get(i))
        .toList();
  }

  /// The same as our own record of earlier loads has it.
  Fit.Measured corrected(Correction by) {
    boolean gpu = weights.size() > 1;
    return new Fit.Measured(
        by.ratio(),
        by.loads(),
        Math.round(host() * (gpu ? 1 : by.ratio())),
        devices().stream().map(bytes -> Math.round(bytes * by.ratio())).toList());
  }

  /// The same with the weights in another quantization.
  Estimate withWeights(double scale) {
    return new Estimate(
        weights.stream().map(bytes -> Math.round(bytes * scale)).toList(), cache, compute, output);
  }
}
