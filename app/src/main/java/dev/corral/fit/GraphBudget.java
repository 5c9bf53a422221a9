package dev.corral.fit;

import dev.corral.gguf.Gguf;
import dev.corral.gguf.Tensor;
import dev.corral.gguf.TensorType;
import java.util.Set;
import java.util.regex.Pattern;

/// The engine makes room for eight graph nodes for each tensor of the file, and keeps nodes,
/// weights and caches in one hash table of the next prime that it knows. A network of few tensors
/// whose blocks take many steps (joined projections, many experts) overflows it, and the process
/// ends by an assertion. Counts are those of the engine's graph for blocks that attend; networks
/// that recur or compress their cache have room to spare and are not counted.
final class GraphBudget {
  private static final int NODES_PER_TENSOR = 8;
  private static final int LEAST_NODES = 1024;

  /// Sizes of the engine's hash tables, as far as they matter.
  private static final int[] SIZES = {1031, 2053, 4099, 8209, 16_411, 32_771, 65_537};

  /// Storing keys and values, turning them, attention itself and putting heads together again.
  private static final int ATTENTION = 12;

  /// Queries, keys and values take their shape; queries and keys get their position.
  private static final int SHAPING = 3 + 2;

  private static final int WITHOUT_FLASH = 5;
  private static final int RESIDUALS = 2;
  private static final int ACTIVATION = 1;

  /// Choosing experts and their weights, and for each of those used a view and a sum.
  private static final int ROUTING = 11;

  private static final int EACH_EXPERT = 2;

  /// Quantised keys of usual head sizes are turned by a rotation, and the queries with them;
  /// likewise quantised values and the result.
  private static final int ROTATED_KEYS = 6;

  private static final int ROTATED_VALUES = 6;
  private static final int ROTATION_STEP = 64;

  /// Embedding, the last rows, output norm and logits; and inputs: tokens, positions, masks,
  /// indices.
  private static final int AROUND = 6;

  private static final int INPUTS = 8;

  private static final Pattern BLOCK = Pattern.compile("blk\\.\\d+\\..*");
  private static final Pattern NORM = Pattern.compile(".*norm[^.]*\\.weight");

  /// Those that scale what a block adds.
  private static final Set<String> SCALED = Set.of("granite", "granitemoe", "minicpm");

  /// Those that scale queries in a step of its own.
  private static final Set<String> SCALED_QUERIES =
      Set.of("gemma", "gemma2", "gemma3", "phi2", "phi3", "phimoe");

  private GraphBudget() {}

  /// True where the engine would crash.
  static boolean exceeded(Gguf gguf, Shape shape, Run run) {
    boolean counted =
        gguf.complete()
            && !shape.anyRecurrent()
            && !shape.cacheless()
            && !shape.latent().active()
            && shape.known();
    if (!counted) {
      return false;
    }
    int tensors = gguf.tensors().size() + (Weights.tied(gguf, shape) ? 1 : 0);
    int budget = Math.max(LEAST_NODES, NODES_PER_TENSOR * tensors);
    int caches = 2 * (int) shape.blocks().stream().filter(Block::caches).count();
    int used = nodes(gguf, shape, run) + gguf.tensors().size() + caches + INPUTS;
    return used > table(budget);
  }

  static int nodes(Gguf gguf, Shape shape, Run run) {
    int nodes = AROUND;
    for (Tensor tensor : gguf.tensors()) {
      nodes += BLOCK.matcher(tensor.name()).matches() ? tensorNodes(tensor) : 0;
    }
    for (Block block : shape.blocks()) {
      nodes += blockNodes(shape, block, run);
    }
    return nodes;
  }

  /// A norm is taken and scaled, a matrix multiplied, a bias added.
  private static int tensorNodes(Tensor tensor) {
    if (NORM.matcher(tensor.name()).matches()) {
      return 2;
    }
    boolean matrix = tensor.shape().size() > 1 && tensor.name().endsWith(".weight");
    return matrix || tensor.name().endsWith(".bias") ? 1 : 0;
  }

  private static int blockNodes(Shape shape, Block block, Run run) {
    int nodes = RESIDUALS + (SCALED.contains(shape.architecture()) ? 2 : 0);
    if (block.attends()) {
      nodes += ATTENTION + SHAPING + (run.flash() ? 0 : WITHOUT_FLASH);
      nodes += SCALED_QUERIES.contains(shape.architecture()) ? 1 : 0;
      nodes += run.streams() > 1 ? (run.flash() ? 2 : 1) : 0;
      nodes += rotated(run.keys(), block.keyLength()) ? ROTATED_KEYS : 0;
      nodes += rotated(run.values(), block.valueLength()) ? ROTATED_VALUES : 0;
    }
    if (block.dense() != null) {
      nodes += ACTIVATION;
    }
    Block.Experts experts = block.experts();
    if (experts != null) {
      nodes += ACTIVATION + ROUTING + (int) (EACH_EXPERT * experts.used());
    }
    return nodes;
  }

  private static boolean rotated(TensorType type, long length) {
    return type.quantized() && length % ROTATION_STEP == 0;
  }

  private static int table(int least) {
    for (int size : SIZES) {
      if (size >= least) {
        return size;
      }
    }
    return Integer.MAX_VALUE;
  }
}
