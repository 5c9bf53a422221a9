package dev.corral.runner.engine;

/// How the next token is drawn. The names and meanings are those of llama-server and Ollama.
///
/// @param temperature 0 or less: always the most probable token
/// @param topK keep the K most probable tokens; 0 or less: all
/// @param topP keep the most probable tokens that together reach this share; 1: all
/// @param minP drop tokens less probable than this share of the best one; 0: none
/// @param typicalP locally typical sampling; 1: off
/// @param repeatPenalty divides the logit of tokens seen lately; 1: off
/// @param repeatLastN how many of the last tokens count as lately; 0: off, negative: the context
/// @param presencePenalty subtracted once from tokens seen lately; 0: off
/// @param frequencyPenalty subtracted for each time a token was seen lately; 0: off
/// @param mirostat 0: off, 1 or 2: that version of Mirostat in place of the top-k family
/// @param seed the draw's seed; negative: another one each time
/// @param ignoreEos tokens that end a generation are never drawn
public record Sampling(
    float temperature,
    int topK,
    float topP,
    float minP,
    float typicalP,
    float repeatPenalty,
    int repeatLastN,
    float presencePenalty,
    float frequencyPenalty,
    int mirostat,
    float mirostatTau,
    float mirostatEta,
    long seed,
    boolean ignoreEos) {

  /// What Ollama's `api.DefaultOptions` says; a request's options replace single values.
  public static final Sampling OLLAMA =
      new Sampling(0.8f, 40, 0.9f, 0, 1, 1, 64, 0, 0, 0, 5, 0.1f, -1, false);

  /// What llama-server assumes where a request says nothing.
  public static final Sampling LLAMA_SERVER =
      new Sampling(0.8f, 40, 0.95f, 0.05f, 1, 1, 64, 0, 0, 0, 5, 0.1f, -1, false);

  /// Always the most probable token, and no penalty.
  public static final Sampling GREEDY =
      new Sampling(0, 0, 1, 0, 1, 1, 0, 0, 0, 0, 5, 0.1f, -1, false);
}
