package dev.corral.runner.grammar;

import java.util.List;

/// A regular expression as far as a grammar can follow it.
sealed interface Regex {
  /// One character.
  record Chars(CodePoints any) implements Regex {}

  /// Parts that follow one another.
  record Sequence(List<Regex> parts) implements Regex {
    public Sequence {
      parts = List.copyOf(parts);
    }
  }

  record Either(List<Regex> choices) implements Regex {
    public Either {
      choices = List.copyOf(choices);
    }
  }

  /// @param most [Repetition#FOR_EVER] for no bound
  record Repeat(Regex part, int least, int most) implements Regex {}

  /// The beginning or the end of the text.
  record Edge(boolean end) implements Regex {}

  /// True where it fits the empty text.
  default boolean fitsNothing() {
    return switch (this) {
      case Chars _ -> false;
      case Sequence(List<Regex> parts) -> parts.stream().allMatch(Regex::fitsNothing);
      case Either(List<Regex> choices) -> choices.stream().anyMatch(Regex::fitsNothing);
      case Repeat(Regex part, int least, int _) -> least == 0 || part.fitsNothing();
      case Edge _ -> true;
    };
  }

  /// What repeats to the same texts without being empty itself: a grammar that repeats nothing goes
  /// round for ever. Of parts that may all be missing, any one will do (`(a?b?)*` is `(a|b)*`).
  default Regex loop() {
    if (!fitsNothing()) {
      return this;
    }
    return switch (this) {
      case Chars _, Edge _ -> this;
      case Either(List<Regex> choices) -> loops(choices);
      case Sequence(List<Regex> parts) -> loops(parts);
      case Repeat(Regex part, int _, int _) -> part.loop();
    };
  }

  private static Regex loops(List<Regex> parts) {
    return new Either(parts.stream().map(Regex::loop).filter(part -> !part.fitsNothing()).toList());
  }

  /// How often its innermost part may be repeated by counts within counts: what a grammar must keep
  /// apart while it follows a text.
  default long counts() {
    return switch (this) {
      case Chars _, Edge _ -> 1;
      case Sequence(List<Regex> parts) -> most(parts);
      case Either(List<Regex> choices) -> most(choices);
      case Repeat(Regex part, int least, int most) -> {
        int times = most == Repetition.FOR_EVER ? least : most;
        yield Math.min(Integer.MAX_VALUE, part.counts() * Math.max(1, times));
      }
    };
  }

  private static long most(List<Regex> parts) {
    return parts.stream().mapToLong(Regex::counts).max().orElse(1);
  }
}
