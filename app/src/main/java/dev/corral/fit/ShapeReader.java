package dev.corral.fit;

import dev.corral.gguf.Gguf;
import dev.corral.gguf.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Reads a [Shape] from a header. Tensors are believed before keys: what a block has is what it is.
/// Where the tensor table has not been read yet, keys and the architecture's name must do.
final class ShapeReader {
  /// More than any network has; the engine itself stops at 512.
  static final int MOST_BLOCKS = 4096;

  private final Gguf gguf;
  private final String architecture;
  private final Map<String, Tensor> tensors = new HashMap<>();

  /// Blocks that have tensors.
  private final Set<Integer> described = new HashSet<>();

  private ShapeReader(Gguf gguf, String architecture) {
    this.gguf = gguf;
    this.architecture = architecture;
    gguf.tensors().stream()
        .filter(tensor -> !tensor.sees())
        .forEach(tensor -> {
          tensors.put(tensor.name(), tensor);
          described.add(Weights.block(tensor.name()));
        });
  }

  /// Empty where the header lacks what no estimate can do without (architecture, number of blocks,
  /// width), or says what no model has.
  static Optional<Shape> read(Gguf gguf) {
    return gguf.architecture().flatMap(name -> new ShapeReader(gguf, name).shape());
  }

  private Optional<Shape> shape() {
    long all = key("block_count", 0);
    long embedding = key("embedding_length", 0);
    if (all <= 0 || all > MOST_BLOCKS || embedding <= 0) {
      return Optional.empty();
    }
    int running = (int) Math.max(0, all - Math.max(0, key("nextn_predict_layers", 0)));
    Windows windows = Windows.of(gguf, architecture, running);
    Shape.Recurrence recurrence = recurrence(embedding);
    boolean recurs = recurrence.row() > 0 || recurrence.matrix() > 0;
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < running; i++) {
      blocks.add(block(i, (int) all, embedding, windows, recurs));
    }
    Shape read =
        new Shape(
            architecture,
            Architectures.known(architecture),
            blocks,
            (int) all,
            embedding,
            vocabulary(),
            key("context_length", 0),
            windows.size(),
            Architectures.role(architecture),
            sideBySide(),
            recurrence,
            new Shape.Latent(
                key("attention.key_length_mla", 0), key("attention.value_length_mla", 0)),
            key("embedding_length_per_layer_input", 0),
            Math.max(1, Math.max(key("altup.num_inputs", 1), key("hyper_connection.count", 1))),
            tensors.containsKey("position_embd.weight"),
            key("n_deepstack_layers", 0),
            key("attention.indexer.key_length", 0),
            scored(),
            compressed(),
            tensors.containsKey("blk.0.attn_rel_b.weight")
                || key("attention.relative_buckets_count", 0) > 0,
            gguf.tensorCount());
    return Bounds.hold(read) ? Optional.of(read) : Optional.empty();
  }

  /// Where heads are weighed against each other, one step of the engine sums them up.
  private long scored() {
    boolean weighed =
        IntStream.range(0, (int) key("block_count", 0)).anyMatch(i -> has(i, "indexer.proj"));
    return weighed ? 0 : key("attention.indexer.head_count", 0);
  }

  /// Blocks with ratio 0 choose nothing; among the others the least counts.
  private long compressed() {
    return gguf.numbers(architecture + ".attention.compress_ratios").stream()
        .mapToLong(Double::longValue)
        .filter(ratio -> ratio > 0)
        .min()
        .orElse(1);
  }

  private long vocabulary() {
    Tensor table = tensors.getOrDefault("token_embd.weight", tensors.get("output.weight"));
    return table != null ? table.extent(1) : key("vocab_size", gguf.count(Gguf.TOKENS).orElse(0));
  }

  private Block block(int i, int all, long embedding, Windows windows, boolean recurs) {
    long heads = perBlock("attention.head_count", i, 0);
    long kvHeads = perBlock("attention.head_count_kv", i, heads);
    boolean windowed = windows.covers(i);
    long perHead = heads > 0 ? embedding / heads : embedding / Math.max(1, firstHeads());
    long key = key("attention.key_length", perHead);
    long value = key("attention.value_length", perHead);
    if (windowed) {
      key = key("attention.key_length_swa", key);
      value = key("attention.value_length_swa", value);
    }
    Block.Mixer mixer = mixer(i, kvHeads);
    boolean attends = attends(i, heads, kvHeads, mixer);
    Block.Attention attention =
        !attends
            ? Block.Attention.NONE
            : windowed ? Block.Attention.WINDOWED : Block.Attention.FULL;
    return new Block(
        attention,
        // the engine makes an entry for every block but those that recur; it counts where all are
        // padded to the widest
        (attends || !recurs) && i < Architectures.blocksWithCache(architecture, all, this::key),
        attends ? heads : 0,
        attends ? kvHeads : 0,
        key,
        value,
        has(i, "attn_qkv"),
        mixer,
        dense(i),
        experts(i));
  }

  private long firstHeads() {
    List<Double> heads = gguf.numbers(architecture + ".attention.head_count");
    return heads.stream().mapToLong(Double::longValue).filter(n -> n > 0).findFirst().orElse(1);
  }

  private boolean attends(int i, long heads, long kvHeads, Block.Mixer mixer) {
    if (heads <= 0 || kvHeads <= 0) {
      return false;
    }
    // a stranger's block without tensors may be an earlier one run again, with a cache of its own
    boolean again = !Architectures.known(architecture) && !described.contains(i);
    if (tensors.isEmpty() || (again && mixer == Block.Mixer.NONE)) {
      return mixer == Block.Mixer.NONE || architecture.equals("falcon-h1");
    }
    // recurrent blocks name their own projections attn_qkv; with keys beside it they do both
    return mixer == Block.Mixer.NONE
        ? has(i, "attn_q") || has(i, "attn_qkv") || has(i, "attn_q_a")
        : has(i, "attn_q") && has(i, "attn_k");
  }

  private Block.Mixer mixer(int i, long kvHeads) {
    if (tensors.isEmpty()) {
      return Architectures.mixerByKeys(architecture, i, kvHeads, gguf, this::key);
    }
    if (has(i, "shortconv.conv")) {
      return Block.Mixer.SHORT_CONVOLUTION;
    }
    if (has(i, "time_mix_key")) {
      return has(i, "time_mix_a1") ? Block.Mixer.RWKV7 : Block.Mixer.RWKV6;
    }
    if (has(i, "ssm_conv1d_q")) {
      return Block.Mixer.KIMI_DELTA;
    }
    if (!has(i, "ssm_conv1d")) {
      return Block.Mixer.NONE;
    }
    if (has(i, "ssm_ba") || has(i, "ssm_beta") || has(i, "ssm_beta_alpha") || has(i, "ssm_alpha")) {
      return Block.Mixer.DELTA_NET;
    }
    return has(i, "ssm_x") ? Block.Mixer.MAMBA : Block.Mixer.MAMBA2;
  }

  private Block.@Nullable Dense dense(int i) {
    if (tensors.isEmpty()) {
      boolean leading = i < key("leading_dense_block_count", 0);
      long width = perBlock("feed_forward_length", i, 0);
      return width > 0 && (leading || key("expert_count", 0) == 0)
          ? new Block.Dense(width, Block.Gate.SEPARATE)
          : null;
    }
    Tensor down = tensor(i, "ffn_down");
    Tensor up = tensor(i, "ffn_up");
    if (down == null || up == null) {
      Tensor channel = tensor(i, "channel_mix_value");
      return channel == null ? null : new Block.Dense(channel.extent(0), Block.Gate.NONE);
    }
    long width = down.extent(0);
    if (has(i, "ffn_gate")) {
      return new Block.Dense(width, Block.Gate.SEPARATE);
    }
    return new Block.Dense(width, up.extent(1) >= 2 * width ? Block.Gate.FUSED : Block.Gate.NONE);
  }

  private Block.@Nullable Experts experts(int i) {
    long used = perBlock("expert_used_count", i, 0);
    if (tensors.isEmpty()) {
      boolean leading = i < key("leading_dense_block_count", 0);
      return used > 0 && !leading
          ? new Block.Experts(
              used,
              perBlock("expert_feed_forward_length", i, perBlock("feed_forward_length", i, 0)),
              Block.Gate.SEPARATE,
              key("expert_shared_count", 0) > 0)
          : null;
    }
    Tensor down = tensor(i, "ffn_down_exps");
    if (down == null) {
      return null;
    }
    Block.Gate gate =
        has(i, "ffn_gate_exps")
            ? Block.Gate.SEPARATE
            : has(i, "ffn_gate_up_exps") ? Block.Gate.FUSED : Block.Gate.NONE;
    return new Block.Experts(used, down.extent(0), gate, has(i, "ffn_down_shexp"));
  }

  /// Where no norm stands between attention and feed-forward, both read the block's input. Gpt-neox
  /// says it by a key.
  private boolean sideBySide() {
    if (gguf.flag(architecture + ".use_parallel_residual").isPresent()) {
      return gguf.flag(architecture + ".use_parallel_residual").get();
    }
    for (int i = 0; i < key("block_count", 0); i++) {
      boolean both =
          (has(i, "attn_q") || has(i, "attn_qkv")) && (has(i, "ffn_up") || has(i, "ffn_up_exps"));
      if (both) {
        return has(i, "attn_norm")
            && !has(i, "ffn_norm")
            && !has(i, "post_attention_norm")
            && !has(i, "post_ffw_norm");
      }
    }
    return false;
  }

  private Shape.Recurrence recurrence(long embedding) {
    long kernel = key("ssm.conv_kernel", 0);
    long inner = key("ssm.inner_size", 0);
    long state = key("ssm.state_size", 0);
    long groups = key("ssm.group_count", 0);
    long heads = key("ssm.time_step_rank", 0);
    long row = Math.max(0, kernel - 1) * (inner + 2 * groups * state);
    long matrix = state * inner;
    long wkv = key("wkv.head_size", 0);
    long cache = key("shortconv.l_cache", 0);
    long kimi = key("kda.head_dim", 0);
    if (wkv > 0) {
      row = key("token_shift_count", 2) * embedding;
      matrix = embedding * wkv;
      heads = embedding / wkv;
    } else if (cache > 0) {
      row = embedding * (cache - 1);
      matrix = 0;
    } else if (kimi > 0) {
      long of = perBlock("attention.head_count", 0, 0);
      row = 3 * (kernel > 0 ? kernel - 1 : 3) * of * kimi;
      matrix = kimi * kimi * of;
    }
    return new Shape.Recurrence(kernel, inner, state, groups, heads, row, matrix);
  }

  private long key(String name, long otherwise) {
    String full = architecture + "." + name;
    long value = gguf.whole(full).orElse(-1);
    return value >= 0
        ? value
        : gguf.numbers(full).stream().mapToLong(Double::longValue).max().orElse(otherwise);
  }

  private long perBlock(String name, int i, long otherwise) {
    List<Double> each = gguf.numbers(architecture + "." + name);
    if (!each.isEmpty()) {
      return i < each.size() ? Math.max(0, each.get(i).longValue()) : 0;
    }
    return Math.max(0, gguf.whole(architecture + "." + name).orElse(otherwise));
  }

  private boolean has(int block, String part) {
    return tensor(block, part) != null;
  }

  private @Nullable Tensor tensor(int block, String part) {
    // falcon-h1 writes the norm without the suffix
    String name = "blk." + block + "." + part;
    Tensor weight = tensors.get(name + ".weight");
    return weight == null ? tensors.get(name) : weight;
  }
}
