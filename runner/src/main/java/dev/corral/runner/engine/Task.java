package dev.corral.runner.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Work for an [Engine].
public sealed interface Task permits Task.Generate, Task.Embed {

  /// Continue a prompt.
  ///
  /// @param prompt token ids, at least one, with whatever special tokens the caller wants in front
  /// @param maxTokens the most tokens to write; negative: until the model ends or the context is
  ///   full. 0 reads the prompt into the cache and writes nothing
  /// @param stops texts that end the answer and are not part of it; they may span tokens
  /// @param keep tokens at the start of the prompt that a context shift leaves alone; negative: all
  /// @param shift drop the older half of the context when it is full, instead of ending with
  ///   [Ended.Reason#LIMIT]; ignored where the architecture cannot
  /// @param probs how many of the most probable tokens to tell with each token; negative: none, not
  ///   even the log probability of the token itself
  /// @param grammar a grammar in llama.cpp's GBNF with the rule `root`; null: none
  /// @param cacheScope who may share a cached prefix: tokens computed for one scope are never used
  ///   for another
  /// @param reuse whether a cached prefix may be used at all
  /// @param specials whether control tokens that the model writes appear in the text; one that ends
  ///   the generation never does
  record Generate(
      List<Integer> prompt,
      Sampling sampling,
      int maxTokens,
      List<String> stops,
      int keep,
      boolean shift,
      int probs,
      @Nullable String grammar,
      String cacheScope,
      boolean reuse,
      boolean specials)
      implements Task {

    public Generate {
      prompt = List.copyOf(prompt);
      stops = stops.stream().filter(stop -> !stop.isEmpty()).toList();
    }
  }

  /// Turn texts into vectors.
  ///
  /// @param inputs token ids of each text, with the model's own special tokens; none empty
  record Embed(List<List<Integer>> inputs) implements Task {
    public Embed {
      inputs = inputs.stream().map(List::copyOf).toList();
    }
  }
}
