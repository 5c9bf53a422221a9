package dev.corral.runner.engine;

import dev.corral.runner.llama.Candidates;
import dev.corral.runner.llama.Context;
import dev.corral.runner.llama.NativeLog;
import dev.corral.runner.llama.Natives;
import dev.corral.runner.llama.Sampler;
import dev.corral.runner.llama.Vocabulary;
import java.util.HashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Draws the tokens of one answer. Owned by the engine's thread, closed with the answer.
final class Draw implements AutoCloseable {

  /// The request can be carried out by nobody; the message says why.
  static final class Impossible extends Exception {
    Impossible(String why) {
      super(why);
    }
  }

  /// No token is left that the grammar allows.
  static final int NONE = -1;

  private final Sampler chain;
  private final @Nullable Sampler grammar;
  private final Candidates candidates;
  private final int lookBack;

  private Draw(Sampler chain, @Nullable Sampler grammar, Candidates candidates, int lookBack) {
    this.chain = chain;
    this.grammar = grammar;
    this.candidates = candidates;
    this.lookBack = lookBack;
  }

  /// @param context tokens of one request, for a look-back over all of them
  /// @param candidates room for the whole vocabulary, shared by all answers of a thread
  static Draw of(
      Natives natives,
      Vocabulary vocabulary,
      Sampling sampling,
      @Nullable String grammarText,
      int context,
      Candidates candidates)
      throws Impossible {
    check(sampling);
    Sampler grammar = null;
    if (grammarText != null && !grammarText.isBlank()) {
      NativeLog.takeErrors();
      grammar =
          Sampler.grammar(natives, vocabulary, grammarText)
              .orElseThrow(() -> new Impossible("The grammar cannot be parsed."));
    }
    var chain = Sampler.chain(natives);
    int lookBack = lookBack(sampling, context);
    fill(chain, vocabulary, sampling, lookBack);
    return new Draw(chain, grammar, candidates, lookBack);
  }

  /// llama.cpp would end the process on some of these.
  private static void check(Sampling sampling) throws Impossible {
    float repeat = sampling.repeatPenalty();
    if (!Float.isFinite(repeat) || repeat <= 0 || !Float.isFinite(1 / repeat)) {
      throw new Impossible("repeat_penalty must be finite and greater than 0");
    }
    if (!Float.isFinite(sampling.frequencyPenalty())
        || !Float.isFinite(sampling.presencePenalty())) {
      throw new Impossible("frequency_penalty and presence_penalty must be finite");
    }
    if (sampling.mirostat() < 0 || sampling.mirostat() > 2) {
      throw new Impossible("mirostat must be 0, 1 or 2");
    }
    for (float number :
        new float[] {
          sampling.temperature(),
          sampling.topP(),
          sampling.minP(),
          sampling.typicalP(),
          sampling.mirostatTau(),
          sampling.mirostatEta()
        }) {
      if (!Float.isFinite(number)) {
        throw new Impossible("options for sampling must be finite numbers");
      }
    }
  }

  /// In llama-server's order: bias, penalties, top-k, typical, top-p, min-p, temperature, draw.
  private static void fill(Sampler chain, Vocabulary vocabulary, Sampling sampling, int lookBack) {
    int tokens = vocabulary.size();
    int seed = seed(sampling);
    bias(chain, vocabulary, sampling);
    switch (sampling.mirostat()) {
      case 1 -> {
        chain.addTemperature(sampling.temperature());
        chain.addMirostat(tokens, seed, sampling.mirostatTau(), sampling.mirostatEta());
      }
      case 2 -> {
        chain.addTemperature(sampling.temperature());
        chain.addMirostat2(seed, sampling.mirostatTau(), sampling.mirostatEta());
      }
      default -> {
        penalties(chain, tokens, sampling, lookBack);
        if (sampling.temperature() <= 0) {
          // What the filters leave always holds the best token, so they need not run.
          chain.addGreedy();
          return;
        }
        chain.addTopK(sampling.topK());
        chain.addTypical(sampling.typicalP());
        chain.addTopP(sampling.topP());
        chain.addMinP(sampling.minP());
        chain.addTemperature(sampling.temperature());
        chain.addDraw(seed);
      }
    }
  }

  private static int seed(Sampling sampling) {
    return sampling.seed() < 0
        ? ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE)
        : (int) sampling.seed();
  }

  /// How many tokens back the penalties look; 0 when they are off.
  private static int lookBack(Sampling sampling, int context) {
    boolean off =
        sampling.repeatPenalty() == 1
            && sampling.frequencyPenalty() == 0
            && sampling.presencePenalty() == 0;
    int asked = sampling.repeatLastN() < 0 ? context : sampling.repeatLastN();
    return off ? 0 : asked;
  }

  private static void penalties(Sampler chain, int tokens, Sampling sampling, int lookBack) {
    if (lookBack > 0) {
      chain.addPenalties(
          lookBack,
          sampling.repeatPenalty(),
          sampling.frequencyPenalty(),
          sampling.presencePenalty(),
          tokens);
    }
  }

  private static void bias(Sampler chain, Vocabulary vocabulary, Sampling sampling) {
    var biases = new HashMap<Integer, Float>();
    for (int token : vocabulary.suppressed()) {
      biases.put(token, Float.NEGATIVE_INFINITY);
    }
    if (sampling.ignoreEos()) {
      for (int token = 0; token < vocabulary.size(); token++) {
        if (vocabulary.ends(token)) {
          biases.put(token, Float.NEGATIVE_INFINITY);
        }
      }
    }
    if (!biases.isEmpty()) {
      chain.addBias(vocabulary.size(), biases);
    }
  }

  /// The prompt counts for the penalties as if it had been drawn.
  void rememberPrompt(Tokens prompt) {
    for (int at = Math.max(0, prompt.size() - lookBack); at < prompt.size(); at++) {
      chain.accept(prompt.get(at));
    }
  }

  /// Draws the token that follows the one at `index` of the last step, or [#NONE].
  int next(Context context, int index) {
    if (grammar == null) {
      return chain.sample(context, index);
    }
    // Most tokens that the model prefers are allowed, and testing one is cheap; masking the whole
    // vocabulary is not.
    var logits = context.logits(index);
    candidates.all(logits);
    chain.apply(candidates);
    int drawn = candidates.drawn();
    candidates.one(drawn);
    grammar.apply(candidates);
    if (!candidates.any()) {
      candidates.all(logits);
      grammar.apply(candidates);
      if (!candidates.any()) {
        return NONE;
      }
      chain.apply(candidates);
      drawn = candidates.drawn();
    }
    grammar.accept(drawn);
    chain.accept(drawn);
    return drawn;
  }

  @Override
  public void close() {
    chain.close();
    if (grammar != null) {
      grammar.close();
    }
  }
}
