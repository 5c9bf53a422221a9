package dev.corral.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// The right name that somebody probably meant.
public final class Nearest {
  private Nearest() {}

  /// The candidate with the fewest slips of the finger (insert, drop, change, swap), where there
  /// are no more than one for each three letters.
  public static Optional<String> to(String wrong, Collection<String> candidates) {
    String folded = wrong.toLowerCase(Locale.ROOT);
    return candidates.stream()
        .filter(right -> slips(folded, right.toLowerCase(Locale.ROOT)) <= allowed(right))
        .min(
            Comparator.comparingInt((String right) -> slips(folded, right.toLowerCase(Locale.ROOT)))
                .thenComparing(Comparator.naturalOrder()));
  }

  private static int allowed(String right) {
    return Math.max(1, right.length() / 3);
  }

  private static int slips(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        cost[i][j] = i == 0 ? j : j == 0 ? i : cheapest(a, b, cost, i, j);
      }
    }
    return cost[a.length()][b.length()];
  }

  private static int cheapest(String a, String b, int[][] cost, int i, int j) {
    int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
    int best = Math.min(cost[i - 1][j] + 1, cost[i][j - 1] + 1);
    best = Math.min(best, cost[i - 1][j - 1] + change);
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
  }
}
