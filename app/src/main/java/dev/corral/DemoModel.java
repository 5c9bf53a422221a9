package dev.corral;

import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufWriter;
import dev.corral.gguf.TensorType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// A model of a megabyte that knows one sentence, made on the spot: for `corral demo`, and for
/// tests of the whole program with the real engine.
///
/// It is a Llama of one block that does nothing: its attention and its step forward are zero, so
/// the last token alone decides. The embedding is the identity, and the output layer says for each
/// word which one follows; whatever else comes last is followed by the first word.
final class DemoModel {
  /// Every word once, because each has one follower.
  static final String SENTENCE =
      "Hello! A tiny model on your own machine wrote this, and no network was needed.";

  /// Without an end: for tests that must catch it at work.
  static final String ENDLESS = "round and";

  private static final String TEMPLATE =
      "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>{% endfor %}"
          + "{% if add_generation_prompt %}<|assistant|>{% endif %}";

  private static final int UNKNOWN = 0;
  private static final int BEGIN = 1;
  private static final List<String> CONTROL =
      List.of("<|system|>", "<|user|>", "<|assistant|>", "<|tool|>", "<|end|>");

  /// Kinds of tokens, as llama.cpp numbers them.
  private static final int NORMAL_KIND = 1;

  private static final int UNKNOWN_KIND = 2;
  private static final int CONTROL_KIND = 3;
  private static final int UNUSED_KIND = 5;
  private static final int BYTE_KIND = 6;

  private static final int BYTES = 256;
  private static final int HEAD = 32;
  private static final int CONTEXT = 4096;

  /// Far enough above zero that chance never wins.
  private static final float CERTAIN = 20;

  /// A blank, as the vocabulary writes it.
  private static final String BLANK = "▁";

  private final List<String> tokens = new ArrayList<>();
  private final List<Integer> kinds = new ArrayList<>();
  private final Map<Integer, Integer> followers = new LinkedHashMap<>();
  private final int first;
  private final int end;

  private DemoModel(String sentence, boolean endless) {
    add("<unk>", UNKNOWN_KIND);
    add("<s>", CONTROL_KIND);
    add("</s>", CONTROL_KIND);
    for (int i = 0; i < BYTES; i++) {
      add("<0x%02X>".formatted(i), BYTE_KIND);
    }
    CONTROL.forEach(token -> add(token, CONTROL_KIND));
    end = tokens.indexOf("<|end|>");
    List<Integer> words = new ArrayList<>();
    for (String word : sentence.split(" ", -1)) {
      words.add(word(words.isEmpty() && !endless ? word : BLANK + word));
    }
    first = words.getFirst();
    for (int i = 0; i < words.size(); i++) {
      int next = i + 1 < words.size() ? words.get(i + 1) : endless ? first : end;
      followers.put(words.get(i), next);
    }
    while (tokens.size() % HEAD != 0) {
      add("<unused" + tokens.size() + ">", UNUSED_KIND);
    }
  }

  /// Writes the file of a model that answers everything with this sentence.
  ///
  /// @param endless it says the words again and again
  static void write(Path file, String sentence, boolean endless) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      new DemoModel(sentence, endless).gguf().writeTo(out);
    }
  }

  private void add(String token, int kind) {
    if (!tokens.contains(token)) {
      tokens.add(token);
      kinds.add(kind);
    }
  }

  /// The tokenizer joins neighbours, so a word needs every one of its beginnings.
  private int word(String word) {
    for (int length = 1; length <= word.length(); length++) {
      add(word.substring(0, length), NORMAL_KIND);
    }
    return tokens.indexOf(word);
  }

  private GgufWriter gguf() {
    int width = tokens.size();
    return new GgufWriter()
        .text(Gguf.ARCHITECTURE, "llama")
        .text("general.name", "Corral Demo")
        .whole("general.file_type", 0)
        .whole("llama.context_length", CONTEXT)
        .whole("llama.embedding_length", width)
        .whole("llama.block_count", 1)
        .whole("llama.feed_forward_length", HEAD)
        .whole("llama.attention.head_count", 1)
        .whole("llama.attention.head_count_kv", 1)
        .real("llama.attention.layer_norm_rms_epsilon", 1e-5)
        .whole("llama.rope.dimension_count", HEAD)
        .whole("llama.attention.key_length", HEAD)
        .whole("llama.attention.value_length", HEAD)
        .whole("llama.vocab_size", width)
        .text("tokenizer.ggml.model", "llama")
        .text("tokenizer.ggml.pre", "default")
        .texts(Gguf.TOKENS, tokens)
        .reals("tokenizer.ggml.scores", scores())
        .wholes("tokenizer.ggml.token_type", kinds)
        .whole("tokenizer.ggml.bos_token_id", BEGIN)
        .whole("tokenizer.ggml.eos_token_id", end)
        .whole("tokenizer.ggml.unknown_token_id", UNKNOWN)
        .flag("tokenizer.ggml.add_bos_token", false)
        .flag("tokenizer.ggml.add_eos_token", false)
        .flag("tokenizer.ggml.add_space_prefix", false)
        .text("tokenizer.chat_template", TEMPLATE)
        .tensor("token_embd.weight", TensorType.F32, square(), rows(this::identity))
        .tensor("output_norm.weight", TensorType.F32, List.of((long) width), ones(width))
        .tensor("output.weight", TensorType.F32, square(), rows(this::chosenBy))
        .tensor("blk.0.attn_norm.weight", TensorType.F32, List.of((long) width), ones(width))
        .tensor("blk.0.ffn_norm.weight", TensorType.F32, List.of((long) width), ones(width))
        .tensor("blk.0.attn_q.weight", TensorType.F32, wide(), zeros())
        .tensor("blk.0.attn_k.weight", TensorType.F32, wide(), zeros())
        .tensor("blk.0.attn_v.weight", TensorType.F32, wide(), zeros())
        .tensor("blk.0.attn_output.weight", TensorType.F32, tall(), zeros())
        .tensor("blk.0.ffn_gate.weight", TensorType.F32, wide(), zeros())
        .tensor("blk.0.ffn_up.weight", TensorType.F32, wide(), zeros())
        .tensor("blk.0.ffn_down.weight", TensorType.F32, tall(), zeros());
  }

  /// Longer pieces win.
  private List<Float> scores() {
    return IntStream.range(0, tokens.size())
        .mapToObj(i -> kinds.get(i) == NORMAL_KIND ? tokens.get(i).length() * 10f - 1000 : 0f)
        .toList();
  }

  private List<Long> square() {
    return List.of((long) tokens.size(), (long) tokens.size());
  }

  private List<Long> wide() {
    return List.of((long) tokens.size(), (long) HEAD);
  }

  private List<Long> tall() {
    return List.of((long) HEAD, (long) tokens.size());
  }

  private void identity(int row, float[] values) {
    values[row] = 1;
  }

  /// The row of a token has a figure at every token that it follows. The norm in front makes the
  /// one that is hot as large as the root of the width.
  private void chosenBy(int row, float[] values) {
    float logit = (float) (CERTAIN / Math.sqrt(values.length));
    for (int before = 0; before < values.length; before++) {
      if (followers.getOrDefault(before, first) == row) {
        values[before] = logit;
      }
    }
  }

  /// Fills one row, which is all zero.
  private interface Row {
    void fill(int row, float[] values);
  }

  private GgufWriter.Data rows(Row row) {
    int width = tokens.size();
    return out -> {
      for (int i = 0; i < width; i++) {
        float[] values = new float[width];
        row.fill(i, values);
        out.write(bytes(values));
      }
    };
  }

  private static GgufWriter.Data ones(int width) {
    float[] values = new float[width];
    Arrays.fill(values, 1);
    return out -> out.write(bytes(values));
  }

  private GgufWriter.Data zeros() {
    return out -> out.write(new byte[tokens.size() * HEAD * Float.BYTES]);
  }

  private static byte[] bytes(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }
}
