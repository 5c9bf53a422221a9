package dev.corral.runner.grammar;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A set of characters, as ranges of code points in order, apart from one another. Immutable.
record CodePoints(List<Range> ranges) {
  /// @param last included
  record Range(int first, int last) {}

  static final CodePoints ALL = of(0, Character.MAX_CODE_POINT);
  static final CodePoints DIGITS = of('0', '9');
  static final CodePoints WORD = DIGITS.or(of('a', 'z')).or(of('A', 'Z')).or(of('_', '_'));
  static final CodePoints BLANKS = of(9, 13).or(of(' ', ' ')).or(of(0xA0, 0xA0));
  static final CodePoints NO_LINE_END = of('\n', '\n').or(of('\r', '\r')).not();

  /// What may stand in a JSON string as it is.
  private static final CodePoints PLAIN =
      of(' ', '~')
          .or(of(0x80, Character.MAX_CODE_POINT))
          .and(of('"', '"').or(of('\\', '\\')).not());

  private static final String ESCAPED = "\"\\\b\f\n\r\t";
  private static final String ESCAPES = "\"\\bfnrt";

  CodePoints {
    ranges = List.copyOf(ranges);
  }

  static CodePoints of(int first, int last) {
    return new CodePoints(List.of(new Range(first, last)));
  }

  boolean isEmpty() {
    return ranges.isEmpty();
  }

  boolean has(int codePoint) {
    return ranges.stream().anyMatch(r -> r.first <= codePoint && codePoint <= r.last);
  }

  CodePoints or(CodePoints other) {
    List<Range> all = new ArrayList<>(ranges);
    all.addAll(other.ranges);
    all.sort(Comparator.comparingInt(Range::first));
    List<Range> joined = new ArrayList<>();
    for (Range range : all) {
      Range last = joined.isEmpty() ? null : joined.getLast();
      if (last != null && range.first <= last.last + 1) {
        joined.set(joined.size() - 1, new Range(last.first, Math.max(last.last, range.last)));
      } else {
        joined.add(range);
      }
    }
    return new CodePoints(joined);
  }

  CodePoints not() {
    List<Range> gaps = new ArrayList<>();
    int next = 0;
    for (Range range : ranges) {
      if (range.first > next) {
        gaps.add(new Range(next, range.first - 1));
      }
      next = range.last + 1;
    }
    if (next <= Character.MAX_CODE_POINT) {
      gaps.add(new Range(next, Character.MAX_CODE_POINT));
    }
    return new CodePoints(gaps);
  }

  CodePoints and(CodePoints other) {
    return not().or(other.not()).not();
  }

  /// How one of these characters is written within a JSON string; empty where none can be.
  String body() {
    List<String> ways = new ArrayList<>();
    StringBuilder inside = new StringBuilder();
    for (Range range : and(PLAIN).ranges) {
      inside.append(Gbnf.inClass(range.first));
      if (range.last > range.first) {
        inside.append('-').append(Gbnf.inClass(range.last));
      }
    }
    if (!inside.isEmpty()) {
      ways.add("[" + inside + "]");
    }
    for (int i = 0; i < ESCAPED.length(); i++) {
      if (has(ESCAPED.charAt(i))) {
        ways.add(Gbnf.literal("\\" + ESCAPES.charAt(i)));
      }
    }
    return String.join(" | ", ways);
  }
}
