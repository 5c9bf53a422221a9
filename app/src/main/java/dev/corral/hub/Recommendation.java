package dev.corral.hub;

import dev.corral.fit.Verdict;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Which choice is recommended: the best quality that is `perfect`, at most Q5_K_M; where the
/// hardware is unknown, Q4_K_M.
final class Recommendation {
  /// Beyond it a model grows faster than it gets better.
  static final Quality MOST = Quality.Q5_K_M;

  private static final Quality STANDARD = Quality.Q4_K_M;

  private static final Comparator<Choice> BY_QUALITY =
      Comparator.comparing((Choice choice) -> quality(choice).orElse(Quality.IQ1_S))
          .thenComparing(choice -> choice.label().map(Label::dynamic).orElse(false))
          .thenComparingLong(Choice::size);

  /// Kinds that engines of today refuse to load.
  private static final Set<Quality> GONE = EnumSet.of(Quality.Q4_0_4_4, Quality.Q4_0_8_8);

  private Recommendation() {}

  /// @param verdicts by choice
  static Optional<Choice> of(List<Choice> choices, Function<Choice, Optional<Verdict>> verdicts) {
    List<Choice> able = able(choices);
    if (able.stream().allMatch(choice -> verdicts.apply(choice).isEmpty())) {
      return withoutHardware(choices);
    }
    return Stream.of(Verdict.PERFECT, Verdict.TIGHT)
        .flatMap(wanted ->
            within(
                able.stream()
                    .filter(one -> verdicts.apply(one).filter(wanted::equals).isPresent())
                    .toList())
                .stream())
        .findFirst();
  }

  /// The best that is not beyond the most; else the smallest of those beyond.
  private static Optional<Choice> within(List<Choice> choices) {
    Predicate<Choice> modest =
        choice -> quality(choice).filter(quality -> quality.compareTo(MOST) <= 0).isPresent();
    return choices.stream()
        .filter(modest)
        .max(BY_QUALITY)
        .or(() -> choices.stream().min(BY_QUALITY));
  }

  /// Q4_K_M, or the next smaller, or the next larger.
  static Optional<Choice> withoutHardware(List<Choice> choices) {
    List<Choice> able = able(choices);
    Predicate<Choice> modest =
        choice -> quality(choice).filter(quality -> quality.compareTo(STANDARD) <= 0).isPresent();
    return able.stream()
        .filter(modest)
        .max(
            Comparator.comparing((Choice choice) -> quality(choice).orElse(Quality.IQ1_S))
                .thenComparing(choice -> !choice.label().map(Label::dynamic).orElse(false))
                .thenComparing(Comparator.comparingLong(Choice::size).reversed()))
        .or(() -> able.stream().min(BY_QUALITY));
  }

  private static List<Choice> able(List<Choice> choices) {
    return choices.stream()
        .filter(choice -> choice.whole() && choice.name().isPresent())
        .filter(choice -> quality(choice).filter(GONE::contains).isEmpty())
        .toList();
  }

  private static Optional<Quality> quality(Choice choice) {
    return choice.label().flatMap(Quality::of);
  }
}
