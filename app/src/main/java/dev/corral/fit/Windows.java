package dev.corral.fit;

import dev.corral.gguf.Gguf;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.IntPredicate;

/// Which blocks look back only so far. The file says it by block, or by a period; where it says
/// neither, the engine has a rule for each architecture, and this is that table.
final class Windows {
  /// @param otherwise window where the file gives none; 0: then there are no windows
  /// @param overrides the file's number only switches windows on; `otherwise` is what is used
  /// @param period every so many blocks one looks back all the way; 0: none does
  /// @param fullFirst that one is the first of its group, not the last
  private record Rule(long otherwise, boolean overrides, int period, boolean fullFirst) {}

  private static final Rule EVERY_FOURTH = new Rule(0, false, 4, false);
  private static final Rule BY_FILE = new Rule(0, false, 1, false);

  /// Source: `load_arch_hparams` of each architecture. An architecture that is not in the table
  /// ignores the keys (Mistral 7B's `llama`, `phi3`).
  private static final Map<String, Rule> RULES =
      Map.ofEntries(
          Map.entry("afmoe", EVERY_FOURTH),
          Map.entry("cohere2", EVERY_FOURTH),
          Map.entry("cohere2moe", new Rule(0, false, 4, true)),
          Map.entry("dots3note", BY_FILE),
          Map.entry("exaone-moe", new Rule(128, false, 4, false)),
          Map.entry("exaone4", new Rule(4096, false, 4, false)),
          Map.entry("gemma-embedding", new Rule(0, false, 6, false)),
          Map.entry("gemma2", new Rule(4096, false, 2, false)),
          Map.entry("gemma3", new Rule(0, false, 6, false)),
          Map.entry("gemma3n", new Rule(0, false, 5, false)),
          Map.entry("gemma4", BY_FILE),
          Map.entry("gpt-oss", new Rule(0, false, 2, false)),
          Map.entry("granite_swa", BY_FILE),
          Map.entry("laguna", new Rule(0, false, 4, true)),
          Map.entry("lfm2", new Rule(0, false, 0, false)),
          Map.entry("lfm2moe", new Rule(0, false, 0, false)),
          Map.entry("llama4", new Rule(8192, true, 4, false)),
          Map.entry("maple", BY_FILE),
          Map.entry("mellum", EVERY_FOURTH),
          Map.entry("mimo2", BY_FILE),
          Map.entry("modern-bert", new Rule(0, false, 3, true)),
          Map.entry("muse-glimmer", EVERY_FOURTH),
          Map.entry("olmo2", EVERY_FOURTH),
          Map.entry("plamo3", new Rule(0, false, 8, false)),
          Map.entry("smallthinker", new Rule(4096, true, 4, true)),
          Map.entry("spark2_5", BY_FILE),
          Map.entry("step35", BY_FILE));

  /// The variant of `exaone4` that has windows is told from the other by its depth, in the engine
  /// as here.
  private static final int EXAONE4_BLOCKS_WITH_WINDOWS = 64;

  private final long size;
  private final IntPredicate windowed;

  private Windows(long size, IntPredicate windowed) {
    this.size = size;
    this.windowed = windowed;
  }

  static Windows of(Gguf gguf, String architecture, int blocks) {
    Windows none = new Windows(0, block -> false);
    Rule rule = RULES.get(architecture);
    if (rule == null || (architecture.equals("exaone4") && blocks != EXAONE4_BLOCKS_WITH_WINDOWS)) {
      return none;
    }
    OptionalLong said = gguf.whole(architecture + ".attention.sliding_window");
    boolean switchedOff = said.isPresent() && said.getAsLong() <= 0;
    boolean needsKey = rule.otherwise() == 0 || architecture.equals("smallthinker");
    if (switchedOff || (said.isEmpty() && needsKey)) {
      return none;
    }
    long size = rule.overrides() ? rule.otherwise() : said.orElse(rule.otherwise());
    return new Windows(size, pattern(gguf, architecture, rule, blocks));
  }

  private static IntPredicate pattern(Gguf gguf, String architecture, Rule rule, int blocks) {
    String key = architecture + ".attention.sliding_window_pattern";
    List<Double> each = gguf.numbers(key);
    if (!each.isEmpty()) {
      return block -> block < blocks && block < each.size() && each.get(block) != 0;
    }
    int period = (int) gguf.whole(key).orElse(rule.period());
    return block ->
        block < blocks
            && (period <= 0
                || (rule.fullFirst() ? block % period != 0 : block % period < period - 1));
  }

  /// Tokens, or 0 where no block is windowed.
  long size() {
    return size;
  }

  boolean covers(int block) {
    return windowed.test(block);
  }
}
