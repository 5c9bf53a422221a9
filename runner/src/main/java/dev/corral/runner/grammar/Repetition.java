package dev.corral.runner.grammar;

/// One rule several times over. llama.cpp refuses counts above 2,000, so larger ones are built from
/// blocks of a thousand.
final class Repetition {
  /// No upper bound.
  static final int FOR_EVER = Integer.MAX_VALUE;

  /// The largest count that is written out.
  private static final int MOST = 100_000;

  private static final int BLOCK = 1000;

  private final Rules rules;

  Repetition(Rules rules) {
    this.rules = rules;
  }

  /// @param rule the name of one rule
  /// @param most [#FOR_EVER] for no bound
  String of(String rule, int least, int most, Place place) {
    if (most < least) {
      throw new SchemaRefused(place, "at most " + most + ", but at least " + least);
    }
    boolean bounded = most != FOR_EVER;
    if (least > MOST || (bounded && most > MOST)) {
      throw new SchemaRefused(
          place, "a grammar counts to " + MOST + "; leave the bound away or make it smaller");
    }
    if (!bounded) {
      return least <= 1 ? rule + (least == 0 ? "*" : "+") : exactly(rule, least) + " " + rule + "*";
    }
    if (most == 0) {
      return "";
    }
    return least == most
        ? exactly(rule, least)
        : least == 0 ? upTo(rule, most) : exactly(rule, least) + " " + upTo(rule, most - least);
  }

  private String exactly(String rule, int count) {
    if (count <= BLOCK) {
      return count == 1 ? rule : rule + "{" + count + "}";
    }
    String rest = count % BLOCK == 0 ? "" : " " + exactly(rule, count % BLOCK);
    return block(rule) + "{" + count / BLOCK + "}" + rest;
  }

  private String upTo(String rule, int count) {
    if (count <= BLOCK) {
      return count == 1 ? rule + "?" : rule + "{0," + count + "}";
    }
    String fewer = rules.add(rule + "-few", rule + "{0," + (BLOCK - 1) + "}");
    String rest = upTo(rule, count % BLOCK == 0 ? BLOCK : count % BLOCK);
    for (int left = (count - 1) / BLOCK; left > 0; left--) {
      rest = rules.add(rule + "-many", fewer + " | " + block(rule) + " " + rest);
    }
    return rest;
  }

  private String block(String rule) {
    return rules.add(rule + "-block", rule + "{" + BLOCK + "}");
  }
}
