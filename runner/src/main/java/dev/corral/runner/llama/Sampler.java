package dev.corral.runner.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;

/// A chain of samplers of llama.cpp's, which draws one token from the logits of another. Belongs to
/// one thread.
public final class Sampler implements AutoCloseable {

  private final Natives natives;
  private final MemorySegment pointer;
  private final Call apply;
  private final Call accept;
  private final Call sample;

  private Sampler(Natives natives, MemorySegment pointer) {
    this.natives = natives;
    this.pointer = pointer;
    this.apply = natives.procedure("llama_sampler_apply", ADDRESS, ADDRESS);
    this.accept = natives.procedure("llama_sampler_accept", ADDRESS, JAVA_INT);
    this.sample = natives.function("llama_sampler_sample", JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
  }

  /// An empty chain. The last sampler that is added must be one that draws.
  public static Sampler chain(Natives natives) {
    try (var arena = Arena.ofConfined()) {
      var layout = Layouts.CHAIN_PARAMS;
      var params = natives.function("llama_sampler_chain_default_params", layout).asStruct(arena);
      var chain =
          (MemorySegment) natives.function("llama_sampler_chain_init", ADDRESS, layout).any(params);
      return new Sampler(natives, chain);
    }
  }

  /// A grammar in GBNF with the rule `root`; empty when it does not parse, with the reason in
  /// [NativeLog#takeErrors]. It masks and draws nothing.
  public static Optional<Sampler> grammar(Natives natives, Vocabulary vocabulary, String text) {
    try (var arena = Arena.ofConfined()) {
      var made =
          (MemorySegment)
              natives
                  .function("llama_sampler_init_grammar", ADDRESS, ADDRESS, ADDRESS, ADDRESS)
                  .any(vocabulary.pointer, arena.allocateFrom(text), arena.allocateFrom("root"));
      return Call.isNull(made) ? Optional.empty() : Optional.of(new Sampler(natives, made));
    }
  }

  /// Tokens seen lately become less probable.
  public void addPenalties(int lastN, float repeat, float frequency, float presence, int tokens) {
    add(
        (MemorySegment)
            natives
                .function(
                    "llama_sampler_init_penalties",
                    ADDRESS,
                    JAVA_INT,
                    JAVA_INT,
                    JAVA_FLOAT,
                    JAVA_FLOAT,
                    JAVA_FLOAT)
                .any(tokens, lastN, repeat, frequency, presence));
  }

  public void addTopK(int k) {
    add(natives.function("llama_sampler_init_top_k", ADDRESS, JAVA_INT).asPointer(k));
  }

  public void addTypical(float p) {
    add(share("llama_sampler_init_typical", p));
  }

  public void addTopP(float p) {
    add(share("llama_sampler_init_top_p", p));
  }

  public void addMinP(float p) {
    add(share("llama_sampler_init_min_p", p));
  }

  private MemorySegment share(String function, float p) {
    // The second argument keeps at least so many tokens; llama-server's default is none.
    return (MemorySegment) natives.function(function, ADDRESS, JAVA_FLOAT, JAVA_LONG).any(p, 0L);
  }

  public void addTemperature(float temperature) {
    add(
        (MemorySegment)
            natives.function("llama_sampler_init_temp", ADDRESS, JAVA_FLOAT).any(temperature));
  }

  public void addDraw(int seed) {
    add(natives.function("llama_sampler_init_dist", ADDRESS, JAVA_INT).asPointer(seed));
  }

  /// The most probable token.
  public void addGreedy() {
    add(natives.function("llama_sampler_init_greedy", ADDRESS).asPointer());
  }

  public void addMirostat(int tokens, int seed, float tau, float eta) {
    // 100: how many tokens the first version looks at; llama-server's constant.
    add(
        (MemorySegment)
            natives
                .function(
                    "llama_sampler_init_mirostat",
                    ADDRESS,
                    JAVA_INT,
                    JAVA_INT,
                    JAVA_FLOAT,
                    JAVA_FLOAT,
                    JAVA_INT)
                .any(tokens, seed, tau, eta, 100));
  }

  public void addMirostat2(int seed, float tau, float eta) {
    add(
        (MemorySegment)
            natives
                .function(
                    "llama_sampler_init_mirostat_v2", ADDRESS, JAVA_INT, JAVA_FLOAT, JAVA_FLOAT)
                .any(seed, tau, eta));
  }

  /// Adds a number to the logits of single tokens.
  public void addBias(int tokens, Map<Integer, Float> biases) {
    try (var arena = Arena.ofConfined()) {
      var list = arena.allocate(Layouts.LOGIT_BIAS, biases.size());
      int i = 0;
      for (var bias : biases.entrySet()) {
        var one = list.asSlice(i++ * Layouts.LOGIT_BIAS.byteSize());
        Layouts.set(one, Layouts.LOGIT_BIAS, "token", bias.getKey());
        one.set(JAVA_FLOAT, Integer.BYTES, bias.getValue());
      }
      add(
          (MemorySegment)
              natives
                  .function("llama_sampler_init_logit_bias", ADDRESS, JAVA_INT, JAVA_INT, ADDRESS)
                  .any(tokens, biases.size(), list));
    }
  }

  /// The chain owns what is added to it.
  private void add(MemorySegment sampler) {
    natives.procedure("llama_sampler_chain_add", ADDRESS, ADDRESS).run(pointer, sampler);
  }

  /// Draws a token from the logits of one token of the last step, and accepts it.
  public int sample(Context context, int index) {
    return sample.asInt(pointer, context.pointer, index);
  }

  /// Masks, reorders or draws among candidates.
  public void apply(Candidates candidates) {
    apply.run(pointer, candidates.struct);
  }

  /// Tells the samplers which token was taken. A grammar must have allowed it: it ends the process
  /// otherwise.
  public void accept(int token) {
    accept.run(pointer, token);
  }

  @Override
  public void close() {
    natives.procedure("llama_sampler_free", ADDRESS).run(pointer);
  }
}
