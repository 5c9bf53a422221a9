package dev.corral.templates;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds a model's control tokens in a prompt, but only where every character of one is the
/// template's own. What lies between is ordinary text, the user's and the template's together, so
/// that marking never changes how ordinary text is cut into tokens. Immutable.
public final class ControlTokens {
  /// @param control true for exactly one control token
  public record Piece(String text, boolean control) {}

  private final Map<Character, List<String>> byFirst = new HashMap<>();

  /// @param tokens the texts of the model's control tokens
  public ControlTokens(Collection<String> tokens) {
    for (String token : tokens) {
      if (!token.isEmpty()) {
        byFirst.computeIfAbsent(token.charAt(0), _ -> new ArrayList<>()).add(token);
      }
    }
    Comparator<String> longestFirst = Comparator.comparingInt(String::length).reversed();
    byFirst.values().forEach(same -> same.sort(longestFirst));
  }

  /// The prompt in pieces, in order.
  public List<Piece> split(MarkedText prompt) {
    List<Piece> pieces = new ArrayList<>();
    String text = prompt.toString();
    int start = 0;
    int base = 0;
    for (Segment segment : prompt.segments()) {
      int end = base + segment.text().length();
      for (int at = base; at < end && !segment.userSupplied(); ) {
        int length = match(text, at, end);
        if (length == 0) {
          at++;
          continue;
        }
        add(pieces, text.substring(start, at), false);
        add(pieces, text.substring(at, at + length), true);
        at += length;
        start = at;
      }
      base = end;
    }
    add(pieces, text.substring(start), false);
    return pieces;
  }

  /// The length of the longest token at a position; 0 where there is none before `end`.
  private int match(String text, int at, int end) {
    for (String token : byFirst.getOrDefault(text.charAt(at), List.of())) {
      if (at + token.length() <= end && text.startsWith(token, at)) {
        return token.length();
      }
    }
    return 0;
  }

  private static void add(List<Piece> pieces, String text, boolean control) {
    if (!text.isEmpty()) {
      pieces.add(new Piece(text, control));
    }
  }
}
