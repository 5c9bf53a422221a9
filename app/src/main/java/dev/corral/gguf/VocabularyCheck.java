package dev.corral.gguf;

import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What the engine takes on trust. A token that stands there twice ends its process by an
/// assertion; a special token out of range loads and then answers nonsense. Both were seen with
/// damaged files.
final class VocabularyCheck {
  private static final String PREFIX = "tokenizer.ggml.";
  private static final String SPECIAL = "_token_id";

  /// Converters write -1 for "none", as 32 bits without a sign.
  private static final long NONE = 0xffff_ffffL;

  private VocabularyCheck() {}

  static void check(Map<String, GgufValue> metadata, long repeatedTokens) throws Damage {
    if (repeatedTokens > 0) {
      throw new Damage(
          Fault.VOCABULARY,
          repeatedTokens
              + " tokens of the vocabulary stand in it more than once; the engine would crash on"
              + " that. The header is damaged, or the converter was faulty.");
    }
    OptionalLong tokens = size(metadata.get(Gguf.TOKENS));
    if (tokens.isEmpty()) {
      return;
    }
    checkSpecial(metadata, tokens.getAsLong());
    for (String list : new String[] {"scores", "token_type"}) {
      OptionalLong entries = size(metadata.get(PREFIX + list));
      if (entries.isPresent() && entries.getAsLong() < tokens.getAsLong()) {
        throw new Damage(
            Fault.VOCABULARY,
            "The vocabulary has "
                + tokens.getAsLong()
                + " tokens and "
                + PREFIX
                + list
                + " only "
                + entries.getAsLong()
                + " entries.");
      }
    }
  }

  private static void checkSpecial(Map<String, GgufValue> metadata, long tokens) throws Damage {
    for (Map.Entry<String, GgufValue> entry : metadata.entrySet()) {
      String key = entry.getKey();
      if (key.startsWith(PREFIX)
          && key.endsWith(SPECIAL)
          && entry.getValue() instanceof GgufValue.Whole(long id)
          && id != NONE
          && id != -1
          && (id < 0 || id >= tokens)) {
        throw new Damage(
            Fault.VOCABULARY,
            key
                + " is "
                + Long.toUnsignedString(id)
                + ", and the vocabulary has only "
                + tokens
                + " tokens. The model would not know where to stop.");
      }
    }
  }

  private static OptionalLong size(@Nullable GgufValue value) {
    return switch (value) {
      case GgufValue.Numbers numbers -> OptionalLong.of(numbers.values().size());
      case GgufValue.Texts texts -> OptionalLong.of(texts.values().size());
      case GgufValue.Skipped skipped -> OptionalLong.of(skipped.count());
      case null, default -> OptionalLong.empty();
    };
  }
}
