package dev.corral.fit;

import dev.corral.gguf.Gguf;
import java.util.List;
import java.util.Set;

/// What the engine decides by the architecture's name alone, and no key or tensor tells.
final class Architectures {
  /// Those whose accounting is the ordinary one for what their tensors are. The engine has others,
  /// with caches or graphs of their own; they, and strangers, are estimated from above.
  private static final Set<String> KNOWN =
      Set.of(
          "afmoe",
          "apertus",
          "arcee",
          "arctic",
          "baichuan",
          "bailingmoe",
          "bailingmoe2",
          "bert",
          "bitnet",
          "bloom",
          "chameleon",
          "chatglm",
          "codeshell",
          "cogvlm",
          "cohere2",
          "cohere2moe",
          "command-r",
          "dbrx",
          "deci",
          "deepseek",
          "deepseek2",
          "deepseek2-ocr",
          "deepseek32",
          "dots1",
          "dream",
          "ernie4_5",
          "ernie4_5-moe",
          "eurobert",
          "exaone",
          "exaone-moe",
          "exaone4",
          "falcon",
          "falcon-h1",
          "gemma",
          "gemma-embedding",
          "gemma2",
          "gemma3",
          "gemma3n",
          "gemma4",
          "glm4",
          "glm4moe",
          "gpt-oss",
          "gpt2",
          "gptneox",
          "granite",
          "granite_swa",
          "granitehybrid",
          "granitemoe",
          "grok",
          "grovemoe",
          "hunyuan-dense",
          "hunyuan-moe",
          "hunyuan_vl",
          "internlm2",
          "jais",
          "jais2",
          "jamba",
          "jina-bert-v2",
          "jina-bert-v3",
          "kimi-linear",
          "laguna",
          "lfm2",
          "lfm2moe",
          "llada",
          "llada-moe",
          "llama",
          "llama-embed",
          "llama4",
          "maincoder",
          "mamba",
          "mamba2",
          "maple",
          "mellum",
          "mimo2",
          "minicpm",
          "minicpm3",
          "minimax-m2",
          "mistral3",
          "mistral4",
          "modern-bert",
          "mpt",
          "nanbeige",
          "nemotron",
          "nemotron_h",
          "nemotron_h_moe",
          "neo-bert",
          "nomic-bert",
          "nomic-bert-moe",
          "olmo",
          "olmo2",
          "olmoe",
          "openelm",
          "orion",
          "paddleocr",
          "pangu-embedded",
          "phi2",
          "phi3",
          "phimoe",
          "plamo",
          "plamo2",
          "plamo3",
          "plm",
          "qwen",
          "qwen2",
          "qwen2moe",
          "qwen2vl",
          "qwen3",
          "qwen35",
          "qwen35moe",
          "qwen3moe",
          "qwen3next",
          "qwen3vl",
          "qwen3vlmoe",
          "refact",
          "rnd1",
          "rwkv6",
          "rwkv6qwen2",
          "rwkv7",
          "arwkv7",
          "seed_oss",
          "smallthinker",
          "smollm3",
          "spark2_5",
          "stablelm",
          "starcoder",
          "starcoder2",
          "step35",
          "xverse");

  /// Those for which the engine makes no cache: they answer with vectors.
  private static final Set<String> ENCODERS =
      Set.of(
          "bert",
          "eurobert",
          "gemma-embedding",
          "jina-bert-v2",
          "jina-bert-v3",
          "modern-bert",
          "neo-bert",
          "nomic-bert",
          "nomic-bert-moe",
          "t5encoder");

  /// These answer with logits for all tokens at once, and have no cache either.
  private static final Set<String> DIFFUSION = Set.of("dream", "llada", "llada-moe", "rnd1");

  private static final Set<String> UNTURNED =
      Set.of("bloom", "gpt2", "jais", "mpt", "refact", "starcoder");

  /// How the keys tell which blocks recur, where the tensors are not known yet.
  private static final Set<String> BY_INTERVAL =
      Set.of("qwen3next", "qwen35", "qwen35moe", "minimax-01");

  private static final int GEMMA3N_BLOCKS_WITH_CACHE = 20;
  private static final int DEFAULT_INTERVAL = 4;

  private Architectures() {}

  /// Reads a number of the architecture.
  @FunctionalInterface
  interface Key {
    long of(String name, long otherwise);
  }

  static boolean known(String architecture) {
    return KNOWN.contains(architecture);
  }

  static Shape.Role role(String architecture) {
    if (ENCODERS.contains(architecture)) {
      return Shape.Role.ENCODER;
    }
    if (DIFFUSION.contains(architecture)) {
      return Shape.Role.DIFFUSION;
    }
    return architecture.equals("llama-embed") ? Shape.Role.EMBEDDER : Shape.Role.DECODER;
  }

  /// The engine turns flash attention off for this one, whatever is asked.
  static boolean withoutFlash(String architecture) {
    return architecture.equals("grok");
  }

  /// False for those that tell positions by a table or by a slope, not by turning queries and keys.
  static boolean rotates(String architecture) {
    return !UNTURNED.contains(architecture);
  }

  /// Reads its input table as the output table where it lies, instead of holding it twice.
  static boolean tableInPlace(String architecture) {
    return architecture.equals("bitnet");
  }

  /// An encoder that was made from a decoder: it still has the decoder's output layer.
  static boolean encoderWithOutput(String architecture) {
    return !architecture.contains("bert") && !architecture.equals("t5encoder");
  }

  /// Blocks, counted from the first, that have a cache of their own; the others read an earlier
  /// one.
  static long blocksWithCache(String architecture, int blocks, Key key) {
    return switch (architecture) {
      case "gemma3n" -> GEMMA3N_BLOCKS_WITH_CACHE;
      case "gemma4" -> blocks - key.of("attention.shared_kv_layers", 0);
      default -> ENCODERS.contains(architecture) || DIFFUSION.contains(architecture) ? 0 : blocks;
    };
  }

  /// These make their output table before their input table; without a GPU both are then counted.
  static boolean countsTableTwice(String architecture) {
    return architecture.equals("gemma3n") || architecture.equals("gemma4");
  }

  static Block.Mixer mixerByKeys(String architecture, int block, long kvHeads, Gguf gguf, Key key) {
    if (BY_INTERVAL.contains(architecture)) {
      List<Double> each = gguf.numbers(architecture + ".attention.recurrent_layers");
      long interval = Math.max(1, key.of("full_attention_interval", DEFAULT_INTERVAL));
      boolean recurs = block < each.size() ? each.get(block) != 0 : (block + 1) % interval != 0;
      return recurs ? Block.Mixer.DELTA_NET : Block.Mixer.NONE;
    }
    if (key.of("wkv.head_size", 0) > 0) {
      return architecture.contains("7") ? Block.Mixer.RWKV7 : Block.Mixer.RWKV6;
    }
    if (kvHeads > 0 && !architecture.equals("falcon-h1")) {
      return Block.Mixer.NONE;
    }
    if (key.of("shortconv.l_cache", 0) > 0) {
      return Block.Mixer.SHORT_CONVOLUTION;
    }
    if (key.of("kda.head_dim", 0) > 0) {
      return Block.Mixer.KIMI_DELTA;
    }
    if (key.of("ssm.conv_kernel", 0) > 0) {
      return key.of("ssm.group_count", 0) > 0 ? Block.Mixer.MAMBA2 : Block.Mixer.MAMBA;
    }
    return Block.Mixer.NONE;
  }
}
