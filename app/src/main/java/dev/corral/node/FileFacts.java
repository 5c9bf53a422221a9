package dev.corral.node;

import dev.corral.gguf.FileBytes;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufReader;
import dev.corral.gguf.ReadSettings;
import dev.corral.gguf.Reading;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// What a GGUF file says about its model, as far as prompts and answers need it.
///
/// @param trainedContext tokens; 0 where it does not say
/// @param embeds true for a model that pools: it answers with vectors, and with no text
/// @param chatTemplate in Jinja; empty where there is none
/// @param addsBos whether the tokenizer puts the first token in front by itself
/// @param addsEos whether the tokenizer puts the last token behind by itself
/// @param bos the number of the first token; -1 where there is none
/// @param control the numbers of the control tokens by their texts
record FileFacts(
    String architecture,
    int trainedContext,
    boolean embeds,
    boolean sees,
    boolean hears,
    String chatTemplate,
    boolean addsBos,
    boolean addsEos,
    int bos,
    int eos,
    String bosText,
    String eosText,
    Map<String, Integer> control) {
  /// Nothing is known: the engine will say what is wrong with the file.
  static final FileFacts NONE =
      new FileFacts("", 0, false, false, false, "", false, false, -1, -1, "", "", Map.of());

  /// Types of tokens in a vocabulary (`llama_token_type`) that only a template may write.
  private static final Set<Integer> CONTROL = Set.of(2, 3);

  private static final int NORMAL = 1;

  /// Tokenizers that put the first token in front unless the file says otherwise (llama.cpp's
  /// `llama_vocab::load`): SentencePiece and WordPiece, and of the byte-pair ones these.
  private static final Set<String> WITH_BOS = Set.of("llama", "bert", "gemma4");

  private static final Set<String> PAIRS_WITH_BOS =
      Set.of(
          "llama3",
          "llama-v3",
          "llama-bpe",
          "falcon3",
          "falcon-h1",
          "pixtral",
          "midm-2.0",
          "lfm2",
          "jina-v5-nano",
          "tekken",
          "chameleon");

  private static final Set<String> WITH_EOS = Set.of("bert", "t5");

  static FileFacts read(Path weights) throws IOException {
    try (FileBytes bytes = FileBytes.open(weights)) {
      return GgufReader.read(bytes, ReadSettings.forPrompts()) instanceof Reading.Exact exact
          ? of(exact.gguf())
          : NONE;
    }
  }

  static FileFacts of(Gguf gguf) {
    String architecture = gguf.architecture().orElse("");
    String tokenizer = gguf.text("tokenizer.ggml.model").orElse("");
    String pre = gguf.text("tokenizer.ggml.pre").orElse("");
    boolean usesBos = WITH_BOS.contains(tokenizer) || PAIRS_WITH_BOS.contains(pre);
    List<String> tokens = gguf.texts(Gguf.TOKENS);
    int bos = id(gguf, "bos_token_id", tokenizer.equals("llama") ? 1 : -1);
    int eos = id(gguf, "eos_token_id", tokenizer.equals("llama") ? 2 : -1);
    return new FileFacts(
        architecture,
        (int) gguf.whole(architecture + ".context_length").orElse(0),
        gguf.metadata().containsKey(architecture + ".pooling_type"),
        gguf.metadata().containsKey(architecture + ".vision.block_count"),
        gguf.metadata().containsKey(architecture + ".audio.block_count"),
        gguf.text("tokenizer.chat_template").orElse(""),
        gguf.flag("tokenizer.ggml.add_bos_token").orElse(usesBos),
        gguf.flag("tokenizer.ggml.add_eos_token").orElse(WITH_EOS.contains(tokenizer)),
        bos,
        eos,
        text(tokens, bos),
        text(tokens, eos),
        control(tokens, gguf.numbers(Gguf.TOKEN_TYPES), bos, eos));
  }

  private static int id(Gguf gguf, String key, int usual) {
    OptionalLong told = gguf.whole("tokenizer.ggml." + key);
    return told.isPresent() && told.getAsLong() >= 0 && told.getAsLong() <= Integer.MAX_VALUE
        ? (int) told.getAsLong()
        : usual;
  }

  private static String text(List<String> tokens, int id) {
    return id >= 0 && id < tokens.size() ? tokens.get(id) : "";
  }

  /// Tokens that only a template may write. Some files mark theirs as ordinary; their look tells,
  /// as it does for llama.cpp.
  private static Map<String, Integer> control(
      List<String> tokens, List<Double> types, int bos, int eos) {
    Map<String, Integer> control = new HashMap<>();
    for (int id = 0; id < tokens.size(); id++) {
      String text = tokens.get(id);
      int type = id < types.size() ? types.get(id).intValue() : NORMAL;
      boolean looks = type == NORMAL && text.startsWith("<|") && text.endsWith("|>");
      if (!text.isEmpty() && (CONTROL.contains(type) || looks || id == bos || id == eos)) {
        control.put(text, id);
      }
    }
    return Map.copyOf(control);
  }

  Optional<String> template() {
    return chatTemplate.isEmpty() ? Optional.empty() : Optional.of(chatTemplate);
  }
}
