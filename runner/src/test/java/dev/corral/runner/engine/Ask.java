package dev.corral.runner.engine;

import java.util.List;

/// A request for an answer, in the words of a test: greedy and plain unless it says otherwise.
final class Ask {

  private final List<Integer> prompt;
  private final int most;
  private Sampling sampling = Sampling.GREEDY;
  private List<String> stops = List.of();
  private int keep;
  private boolean shift = true;
  private int probs = -1;
  private String grammar;
  private String scope = "";
  private boolean reuse = true;

  private Ask(List<Integer> prompt, int most) {
    this.prompt = prompt;
    this.most = most;
  }

  static Ask greedy(List<Integer> prompt, int most) {
    return new Ask(prompt, most);
  }

  Ask sampled(Sampling way) {
    sampling = way;
    return this;
  }

  Ask stops(String... texts) {
    stops = List.of(texts);
    return this;
  }

  Ask shift(int keepFirst) {
    shift = true;
    keep = keepFirst;
    return this;
  }

  Ask withoutShift() {
    shift = false;
    return this;
  }

  Ask probs(int rivals) {
    probs = rivals;
    return this;
  }

  Ask grammar(String text) {
    grammar = text;
    return this;
  }

  Ask scope(String name) {
    scope = name;
    return this;
  }

  Ask withoutReuse() {
    reuse = false;
    return this;
  }

  Task.Generate task() {
    return new Task.Generate(
        prompt, sampling, most, stops, keep, shift, probs, grammar, scope, reuse, false);
  }
}
