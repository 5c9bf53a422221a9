package dev.corral.hub;

import dev.corral.gguf.GgufWriter;
import dev.corral.gguf.TensorType;
import java.util.List;
import java.util.stream.IntStream;

/// Headers of a small decoder, with the vocabulary that makes real headers long.
final class Models {
  private static final long WIDTH = 1024;
  private static final int BLOCKS = 8;

  private Models() {}

  /// A file: its header, and how many bytes it would have.
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record File(byte[] header, long size) {}

  /// One file of a quantization whose big tensors are of this type.
  static File of(TensorType type, int tokens) {
    return part(keys(tokens, true), type, tokens, 0, BLOCKS);
  }

  /// The same without a chat template.
  static File base(TensorType type, int tokens) {
    return part(keys(tokens, false), type, tokens, 0, BLOCKS);
  }

  /// Two parts of a split set.
  static List<File> split(TensorType type, int tokens, int declaredTensors) {
    GgufWriter first =
        keys(tokens, true)
            .whole("split.no", 0)
            .whole("split.count", 2)
            .whole("split.tensors.count", declaredTensors);
    GgufWriter second = new GgufWriter().whole("split.no", 1).whole("split.count", 2);
    return List.of(part(first, type, tokens, 0, 3), part(second, type, tokens, 3, BLOCKS));
  }

  private static GgufWriter keys(int tokens, boolean template) {
    GgufWriter writer =
        new GgufWriter()
            .text("general.architecture", "llama")
            .text("general.license", "mit")
            .whole("general.file_type", 15)
            .whole("llama.block_count", BLOCKS)
            .whole("llama.context_length", 8192)
            .whole("llama.embedding_length", WIDTH)
            .whole("llama.feed_forward_length", 4 * WIDTH)
            .whole("llama.attention.head_count", 8)
            .whole("llama.attention.head_count_kv", 8)
            .whole("llama.vocab_size", tokens)
            .texts(
                "tokenizer.ggml.tokens",
                IntStream.range(0, tokens).mapToObj(i -> "token-" + i).toList());
    return template ? writer.text("tokenizer.chat_template", "{{ messages }}") : writer;
  }

  private static File part(GgufWriter writer, TensorType type, int tokens, int from, int to) {
    if (from == 0) {
      add(writer, "token_embd.weight", type, List.of(WIDTH, (long) tokens));
      add(writer, "output_norm.weight", TensorType.F32, List.of(WIDTH));
    }
    for (int i = from; i < to; i++) {
      add(writer, "blk." + i + ".attn_norm.weight", TensorType.F32, List.of(WIDTH));
      for (String name : List.of("attn_q", "attn_k", "attn_v", "attn_output")) {
        add(writer, "blk." + i + "." + name + ".weight", type, List.of(WIDTH, WIDTH));
      }
      add(writer, "blk." + i + ".ffn_norm.weight", TensorType.F32, List.of(WIDTH));
      for (String name : List.of("ffn_gate", "ffn_up")) {
        add(writer, "blk." + i + "." + name + ".weight", type, List.of(WIDTH, 4 * WIDTH));
      }
      add(writer, "blk." + i + ".ffn_down.weight", type, List.of(4 * WIDTH, WIDTH));
    }
    byte[] header = writer.header();
    return new File(header, header.length + bytes(type, tokens, from, to));
  }

  private static void add(GgufWriter writer, String name, TensorType type, List<Long> shape) {
    writer.tensor(name, type, shape, _ -> {});
  }

  private static long bytes(TensorType type, int tokens, int from, int to) {
    long block = type.size(16 * WIDTH * WIDTH) + 2 * 4 * WIDTH;
    long around = from == 0 ? type.size(WIDTH * tokens) + 4 * WIDTH : 0;
    return around + (to - from) * block;
  }

  /// Tensors of a whole model.
  static int tensors() {
    return 2 + 9 * BLOCKS;
  }
}
