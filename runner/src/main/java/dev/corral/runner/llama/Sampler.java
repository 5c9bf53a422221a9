package dev.corral.runner.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;

/// A chain of samplers of llama.cpp's, which draws one token from the logits of another. Belongs to
/// one thread.
public final class Sampler implements AutoCloseable {

  private final Natives natives;
  private final long pointer;
  private final Call apply;
  private final Call accept;
  private final Call sample;

  private Sampler(Natives natives, long pointer) {
    this.natives = natives;
    this.pointer = pointer;
    this.apply = natives.call("llama_sampler_apply");
    this.accept = natives.call("llama_sampler_accept");
    this.sample = natives.call("llama_sampler_sample");
  }

  /// An empty chain. The last sampler that is added must be one that draws.
  public static Sampler chain(Natives natives) {
    // `llama_sampler_chain_params` is one flag, which crosses as one: take no times.
    return new Sampler(natives, natives.call("llama_sampler_chain_init").asLong(Call.flag(true)));
  }

  /// A grammar in GBNF with the rule `root`; empty when it does not parse, with the reason in
  /// [NativeLog#takeErrors]. It masks and draws nothing.
  public static Optional<Sampler> grammar(Natives natives, Vocabulary vocabulary, String text) {
    try (var arena = Arena.ofConfined()) {
      long made =
          natives
              .call("llama_sampler_init_grammar")
              .asLong(
                  vocabulary.pointer,
                  arena.allocateFrom(text).address(),
                  arena.allocateFrom("root").address());
      return made == 0 ? Optional.empty() : Optional.of(new Sampler(natives, made));
    }
  }

  /// Tokens seen lately become less probable.
  public void addPenalties(int lastN, float repeat, float frequency, float presence, int tokens) {
    add(
        natives
            .shaped(
                "llama_sampler_init_penalties",
                FunctionDescriptor.of(
                    ADDRESS, JAVA_INT, JAVA_INT, JAVA_FLOAT, JAVA_FLOAT, JAVA_FLOAT))
            .any(tokens, lastN, repeat, frequency, presence));
  }

  public void addTopK(int k) {
    add(natives.call("llama_sampler_init_top_k").asPointer(k));
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
    return natives
        .shaped(function, FunctionDescriptor.of(ADDRESS, JAVA_FLOAT, JAVA_LONG))
        .any(p, 0L);
  }

  public void addTemperature(float temperature) {
    add(
        natives
            .shaped("llama_sampler_init_temp", FunctionDescriptor.of(ADDRESS, JAVA_FLOAT))
            .any(temperature));
  }

  public void addDraw(int seed) {
    add(natives.call("llama_sampler_init_dist").asPointer(seed));
  }

  /// The most probable token.
  public void addGreedy() {
    add(natives.call("llama_sampler_init_greedy").asPointer());
  }

  public void addMirostat(int tokens, int seed, float tau, float eta) {
    // 100: how many tokens the first version looks at; llama-server's constant.
    add(
        natives
            .shaped(
                "llama_sampler_init_mirostat",
                FunctionDescriptor.of(
                    ADDRESS, JAVA_INT, JAVA_INT, JAVA_FLOAT, JAVA_FLOAT, JAVA_INT))
            .any(tokens, seed, tau, eta, 100));
  }

  public void addMirostat2(int seed, float tau, float eta) {
    add(
        natives
            .shaped(
                "llama_sampler_init_mirostat_v2",
                FunctionDescriptor.of(ADDRESS, JAVA_INT, JAVA_FLOAT, JAVA_FLOAT))
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
          natives
              .call("llama_sampler_init_logit_bias")
              .asPointer(tokens, biases.size(), list.address()));
    }
  }

  /// The chain owns what is added to it.
  private void add(MemorySegment sampler) {
    natives.call("llama_sampler_chain_add").run(pointer, sampler.address());
  }

  /// Draws a token from the logits of one token of the last step, and accepts it.
  public int sample(Context context, int index) {
    return sample.asInt(pointer, context.pointer, index);
  }

  /// Masks, reorders or draws among candidates.
  public void apply(Candidates candidates) {
    apply.run(pointer, candidates.struct.address());
  }

  /// Tells the samplers which token was taken. A grammar must have allowed it: it ends the process
  /// otherwise.
  public void accept(int token) {
    accept.run(pointer, token);
  }

  @Override
  public void close() {
    natives.call("llama_sampler_free").run(pointer);
  }
}
