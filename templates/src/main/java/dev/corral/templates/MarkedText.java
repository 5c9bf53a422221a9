package dev.corral.templates;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/// Text that remembers which of its characters came from a user, so that a typed `<|im_end|>` can
/// be told from the template's own. Immutable. Two texts are equal when their characters are:
/// origin decides how text is tokenized, never what a template computes.
///
/// Positions are UTF-16 units unless a name says code points. The marks are pairs of start and end,
/// ascending and never touching; most texts have none or one pair, so carrying them costs little.
public final class MarkedText {
  public static final MarkedText EMPTY = new MarkedText("", new int[0]);

  private final String text;
  private final int[] marks;
  private int codePoints = -1; // counted once asked; a race only counts twice

  private MarkedText(String text, int[] marks) {
    this.text = text;
    this.marks = marks;
  }

  /// Text of the template or the program.
  public static MarkedText trusted(String text) {
    return text.isEmpty() ? EMPTY : new MarkedText(text, EMPTY.marks);
  }

  /// Text that came with the request.
  public static MarkedText user(String text) {
    return text.isEmpty() ? EMPTY : new MarkedText(text, new int[] {0, text.length()});
  }

  public int length() {
    return text.length();
  }

  public boolean isEmpty() {
    return text.isEmpty();
  }

  /// True where at least one character came from a user.
  public boolean marked() {
    return marks.length > 0;
  }

  public int codePoints() {
    if (codePoints < 0) {
      codePoints = text.codePointCount(0, text.length());
    }
    return codePoints;
  }

  /// The position of the code point with this number, 0 to [#codePoints()].
  public int offset(int codePoint) {
    return codePoints() == text.length() ? codePoint : text.offsetByCodePoints(0, codePoint);
  }

  public MarkedText slice(int from, int to) {
    if (from == 0 && to == text.length()) {
      return this;
    }
    return from >= to ? EMPTY : new Builder().append(this, from, to).build();
  }

  public MarkedText concat(MarkedText next) {
    if (isEmpty() || next.isEmpty()) {
      return isEmpty() ? next : this;
    }
    return new Builder().append(this).append(next).build();
  }

  /// Changes each run of one origin for itself, as `upper` does: the result of a user's characters
  /// is the user's.
  public MarkedText map(UnaryOperator<String> change) {
    if (!marked()) {
      return trusted(change.apply(text));
    }
    Builder changed = new Builder();
    for (Segment segment : segments()) {
      changed.append(change.apply(segment.text()), segment.userSupplied());
    }
    return changed.build();
  }

  /// The runs of one origin, in order; none where the text is empty.
  public List<Segment> segments() {
    List<Segment> segments = new ArrayList<>();
    int done = 0;
    for (int i = 0; i < marks.length; i += 2) {
      if (done < marks[i]) {
        segments.add(new Segment(text.substring(done, marks[i]), false));
      }
      segments.add(new Segment(text.substring(marks[i], marks[i + 1]), true));
      done = marks[i + 1];
    }
    if (done < text.length()) {
      segments.add(new Segment(text.substring(done), false));
    }
    return segments;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MarkedText that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /// The characters alone.
  @Override
  public String toString() {
    return text;
  }

  /// Writes text piece by piece.
  public static final class Builder {
    private final StringBuilder text = new StringBuilder();
    private int[] marks = EMPTY.marks;
    private int used;

    public Builder append(String piece, boolean userSupplied) {
      int start = text.length();
      text.append(piece);
      if (userSupplied) {
        mark(start, text.length());
      }
      return this;
    }

    public Builder append(MarkedText piece) {
      return append(piece, 0, piece.length());
    }

    public Builder append(MarkedText piece, int from, int to) {
      int shift = text.length() - from;
      text.append(piece.text, from, to);
      int[] theirs = piece.marks;
      for (int i = 0; i < theirs.length && theirs[i] < to; i += 2) {
        mark(Math.max(theirs[i], from) + shift, Math.min(theirs[i + 1], to) + shift);
      }
      return this;
    }

    public int length() {
      return text.length();
    }

    public MarkedText build() {
      return text.isEmpty()
          ? EMPTY
          : new MarkedText(text.toString(), used == 0 ? EMPTY.marks : Arrays.copyOf(marks, used));
    }

    private void mark(int start, int end) {
      if (start >= end) {
        return;
      }
      if (used > 0 && marks[used - 1] == start) {
        marks[used - 1] = end;
        return;
      }
      if (used == marks.length) {
        marks = Arrays.copyOf(marks, Math.max(8, used * 2));
      }
      marks[used++] = start;
      marks[used++] = end;
    }
  }
}
