package dev.corral.bench;

import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufWriter;
import dev.corral.gguf.TensorType;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// A Llama whose weights are noise: the memory and the work of a real model of its shape, and text
/// without a meaning.
///
/// @param blocks of the network
/// @param width of a token's vector
/// @param inner width of a feed-forward step
/// @param vocabulary tokens
record RandomModel(int blocks, int width, int inner, int heads, int kvHeads, int vocabulary) {
  /// The shape of TinyLlama, 620 MB in Q4_0.
  static final RandomModel BILLION = new RandomModel(22, 2048, 5632, 32, 4, 32_000);

  /// Loads at once: what a start costs without a model.
  static final RandomModel TINY = new RandomModel(1, 128, 256, 4, 2, 512);

  private static final int CONTEXT = 16_384;

  /// A block of Q4_0: a half-precision scale and 32 weights of 4 bits.
  private static final int BLOCK_WEIGHTS = 32;

  private static final int BLOCK_BYTES = 18;

  /// Scales of noise that neither dies nor explodes over the blocks: about 0.004.
  private static final short SCALE = 0x1C19;

  private static final int BYTES = 256;
  private static final int BYTE_KIND = 6;
  private static final int CONTROL_KIND = 3;
  private static final int NORMAL_KIND = 1;

  void write(Path file) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      gguf().writeTo(out);
    }
  }

  private GgufWriter gguf() {
    List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
    List<Integer> kinds = new ArrayList<>(List.of(2, CONTROL_KIND, CONTROL_KIND));
    List<Float> scores = new ArrayList<>(List.of(0f, 0f, 0f));
    while (tokens.size() < vocabulary) {
      int at = tokens.size() - 3;
      tokens.add(at < BYTES ? "<0x%02X>".formatted(at) : "w" + at + "▁");
      kinds.add(at < BYTES ? BYTE_KIND : NORMAL_KIND);
      scores.add((float) -at);
    }
    GgufWriter writer =
        new GgufWriter()
            .text(Gguf.ARCHITECTURE, "llama")
            .text("general.name", "Noise")
            .whole("general.file_type", 2)
            .whole("llama.context_length", CONTEXT)
            .whole("llama.embedding_length", width)
            .whole("llama.block_count", blocks)
            .whole("llama.feed_forward_length", inner)
            .whole("llama.attention.head_count", heads)
            .whole("llama.attention.head_count_kv", kvHeads)
            .real("llama.attention.layer_norm_rms_epsilon", 1e-5)
            .whole("llama.rope.dimension_count", width / heads)
            .whole("llama.vocab_size", vocabulary)
            .text("tokenizer.ggml.model", "llama")
            .text("tokenizer.ggml.pre", "default")
            .texts(Gguf.TOKENS, tokens)
            .reals("tokenizer.ggml.scores", scores)
            .wholes("tokenizer.ggml.token_type", kinds)
            .whole("tokenizer.ggml.bos_token_id", 1)
            .whole("tokenizer.ggml.eos_token_id", 2)
            .whole("tokenizer.ggml.unknown_token_id", 0)
            .flag("tokenizer.ggml.add_space_prefix", false);
    noise(writer, "token_embd.weight", width, vocabulary);
    ones(writer, "output_norm.weight");
    noise(writer, "output.weight", width, vocabulary);
    int kv = width / heads * kvHeads;
    for (int i = 0; i < blocks; i++) {
      String block = "blk." + i + ".";
      ones(writer, block + "attn_norm.weight");
      noise(writer, block + "attn_q.weight", width, width);
      noise(writer, block + "attn_k.weight", width, kv);
      noise(writer, block + "attn_v.weight", width, kv);
      noise(writer, block + "attn_output.weight", width, width);
      ones(writer, block + "ffn_norm.weight");
      noise(writer, block + "ffn_gate.weight", width, inner);
      noise(writer, block + "ffn_up.weight", width, inner);
      noise(writer, block + "ffn_down.weight", inner, width);
    }
    return writer;
  }

  private void ones(GgufWriter writer, String name) {
    GgufWriter _ =
        writer.tensor(
            name,
            TensorType.F32,
            List.of((long) width),
            out -> {
              ByteBuffer row = ByteBuffer.allocate(4 * width).order(ByteOrder.LITTLE_ENDIAN);
              for (int i = 0; i < width; i++) {
                row.putFloat(1);
              }
              out.write(row.array());
            });
  }

  private static void noise(GgufWriter writer, String name, int columns, int rows) {
    GgufWriter _ =
        writer.tensor(
            name,
            TensorType.Q4_0,
            List.of((long) columns, (long) rows),
            out -> {
              Random random = new Random(name.hashCode());
              byte[] row = new byte[columns / BLOCK_WEIGHTS * BLOCK_BYTES];
              for (int i = 0; i < rows; i++) {
                random.nextBytes(row);
                for (int at = 0; at < row.length; at += BLOCK_BYTES) {
                  row[at] = (byte) SCALE;
                  row[at + 1] = (byte) (SCALE >> 8);
                }
                out.write(row);
              }
            });
  }
}
