package dev.corral.templates.answer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The marks that mean something at one point of an answer, to be found in text that is still
/// coming. Immutable.
final class Marks {
  sealed interface Found {
    /// This mark begins at this position.
    record Hit(int at, Mark mark) implements Found {}

    /// What is there from this position on may become a mark.
    record Maybe(int at) implements Found {}

    record Nothing() implements Found {}
  }

  private static final Found NOTHING = new Found.Nothing();

  private final List<Mark> longestFirst;
  private final String firsts;

  Marks(List<Mark> marks) {
    longestFirst = new ArrayList<>(marks);
    longestFirst.sort(Comparator.comparingInt((Mark mark) -> mark.text().length()).reversed());
    StringBuilder all = new StringBuilder();
    marks.forEach(mark -> all.append(mark.text().charAt(0)));
    firsts = all.toString();
  }

  /// True where nothing means anything.
  boolean none() {
    return longestFirst.isEmpty();
  }

  /// The first mark in the text.
  ///
  /// @param last true where no more text will come, so that nothing may become a mark any more
  Found find(CharSequence text, boolean last) {
    for (int at = 0; at < text.length(); at++) {
      Found found = at(text, at, last);
      if (!(found instanceof Found.Nothing)) {
        return found;
      }
    }
    return NOTHING;
  }

  /// The longest mark at this very position.
  Found at(CharSequence text, int at, boolean last) {
    if (at >= text.length() || firsts.indexOf(text.charAt(at)) < 0) {
      return NOTHING;
    }
    for (Mark mark : longestFirst) {
      int same = same(text, at, mark.text());
      if (same == mark.text().length()) {
        return new Found.Hit(at, mark);
      }
      if (!last && at + same == text.length()) {
        return new Found.Maybe(at);
      }
    }
    return NOTHING;
  }

  /// True where this very text stands here.
  static boolean stands(CharSequence text, int at, String mark) {
    return same(text, at, mark) == mark.length();
  }

  /// How many characters of a mark stand here.
  private static int same(CharSequence text, int at, String mark) {
    int most = Math.min(mark.length(), text.length() - at);
    int same = 0;
    while (same < most && text.charAt(at + same) == mark.charAt(same)) {
      same++;
    }
    return same;
  }
}
