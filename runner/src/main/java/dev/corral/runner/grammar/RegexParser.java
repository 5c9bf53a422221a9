package dev.corral.runner.grammar;

import java.util.ArrayList;
import java.util.List;

/// Reads the regular expressions of ECMAScript, as JSON Schema uses them, as far as a grammar can
/// follow: no looking around, no going back, no flags.
final class RegexParser {
  /// The expression is right, but beyond a grammar.
  static final class Beyond extends RuntimeException {
    private static final long serialVersionUID = 1;

    Beyond(String what) {
      super(what, null, false, false);
    }
  }

  private static final int DEEPEST = 50;

  private final String pattern;
  private final Place place;
  private int at;
  private int depth;

  private RegexParser(String pattern, Place place) {
    this.pattern = pattern;
    this.place = place;
  }

  /// @throws Beyond where a grammar cannot follow
  /// @throws SchemaRefused where it is no regular expression
  static Regex parse(String pattern, Place place) {
    RegexParser parser = new RegexParser(pattern, place);
    Regex regex = parser.choices();
    if (parser.more()) {
      throw parser.wrong("a ')' without its '('");
    }
    return regex;
  }

  private Regex choices() {
    List<Regex> choices = new ArrayList<>();
    choices.add(sequence());
    while (more() && peek() == '|') {
      at++;
      choices.add(sequence());
    }
    return choices.size() == 1 ? choices.getFirst() : new Regex.Either(choices);
  }

  private Regex sequence() {
    List<Regex> parts = new ArrayList<>();
    while (more() && peek() != '|' && peek() != ')') {
      parts.add(repeated(part()));
    }
    return parts.size() == 1 ? parts.getFirst() : new Regex.Sequence(parts);
  }

  private Regex part() {
    int c = take();
    return switch (c) {
      case '^' -> new Regex.Edge(false);
      case '$' -> new Regex.Edge(true);
      case '.' -> new Regex.Chars(CodePoints.NO_LINE_END);
      case '(' -> group();
      case '[' -> new Regex.Chars(charClass());
      case '\\' -> new Regex.Chars(escape(false));
      case '*', '+', '?' -> throw wrong("nothing to repeat before '" + (char) c + "'");
      default -> new Regex.Chars(CodePoints.of(c, c));
    };
  }

  private Regex group() {
    if (++depth > DEEPEST) {
      throw wrong("groups more than " + DEEPEST + " deep");
    }
    if (starts("?:")) {
      at += 2;
    } else if (starts("?<") && !starts("?<=") && !starts("?<!")) {
      int end = pattern.indexOf('>', at);
      at = end < 0 ? pattern.length() : end + 1;
    } else if (starts("?")) {
      throw new Beyond("looking around and flags");
    }
    Regex inside = choices();
    if (!more()) {
      throw wrong("a '(' without its ')'");
    }
    at++;
    depth--;
    return inside;
  }

  private Regex repeated(Regex part) {
    if (!more()) {
      return part;
    }
    int start = at;
    int least;
    int most = Repetition.FOR_EVER;
    switch (take()) {
      case '*' -> least = 0;
      case '+' -> least = 1;
      case '?' -> {
        least = 0;
        most = 1;
      }
      case '{' -> {
        int end = pattern.indexOf('}', at);
        String counts = end < 0 ? "" : pattern.substring(at, end);
        if (!counts.matches("\\d+(,\\d*)?")) {
          at = start;
          return part;
        }
        at = end + 1;
        String[] both = counts.split(",", -1);
        least = count(both[0]);
        most = both.length == 1 ? least : both[1].isEmpty() ? most : count(both[1]);
      }
      default -> {
        at = start;
        return part;
      }
    }
    if (starts("?")) {
      at++; // the least that fits, or the most: the same texts
    }
    if (part instanceof Regex.Edge || starts("*") || starts("+") || starts("?")) {
      throw part instanceof Regex.Edge ? new Beyond("repeated anchors") : wrong("repeated twice");
    }
    return new Regex.Repeat(part, least, most);
  }

  private int count(String digits) {
    if (digits.length() > 6) {
      throw wrong("a repetition of " + digits.substring(0, 6) + "… times");
    }
    return Integer.parseInt(digits);
  }

  private CodePoints charClass() {
    boolean not = starts("^");
    at += not ? 1 : 0;
    CodePoints any = new CodePoints(List.of());
    while (more() && peek() != ']') {
      CodePoints one = classPart();
      if (starts("-") && at + 1 < pattern.length() && pattern.charAt(at + 1) != ']') {
        at++;
        one = range(one, classPart());
      }
      any = any.or(one);
    }
    if (!more()) {
      throw wrong("a '[' without its ']'");
    }
    at++;
    return not ? any.not() : any;
  }

  private CodePoints classPart() {
    int c = take();
    return c == '\\' ? escape(true) : CodePoints.of(c, c);
  }

  /// From one to the other; where a side is a whole class, the dash means itself.
  private CodePoints range(CodePoints from, CodePoints to) {
    int first = from.ranges().getFirst().first();
    int last = to.ranges().getLast().last();
    if (!single(from) || !single(to)) {
      return from.or(to).or(CodePoints.of('-', '-'));
    }
    if (last < first) {
      throw wrong("a range that ends before it begins");
    }
    return CodePoints.of(first, last);
  }

  private static boolean single(CodePoints points) {
    return points.ranges().size() == 1
        && points.ranges().getFirst().first() == points.ranges().getFirst().last();
  }

  private CodePoints escape(boolean inClass) {
    if (!more()) {
      throw wrong("a '\\' at the end");
    }
    int c = take();
    return switch (c) {
      case 'd' -> CodePoints.DIGITS;
      case 'D' -> CodePoints.DIGITS.not();
      case 'w' -> CodePoints.WORD;
      case 'W' -> CodePoints.WORD.not();
      case 's' -> CodePoints.BLANKS;
      case 'S' -> CodePoints.BLANKS.not();
      case 'n' -> one('\n');
      case 'r' -> one('\r');
      case 't' -> one('\t');
      case 'f' -> one('\f');
      case 'v' -> one(0x0B);
      case 'x' -> one(hex(2));
      case 'u' -> one(unicode());
      default -> {
        if (c == 'b' && inClass) {
          yield one('\b');
        }
        if (c < 128 && Character.isLetterOrDigit(c)) {
          throw new Beyond("'\\" + (char) c + "'");
        }
        yield one(c);
      }
    };
  }

  private static CodePoints one(int c) {
    return CodePoints.of(c, c);
  }

  private int unicode() {
    if (!starts("{")) {
      return hex(4);
    }
    int end = pattern.indexOf('}', at);
    at++;
    int c = end < 0 || end - at > 6 || end == at ? -1 : hex(end - at);
    at++;
    if (c < 0 || c > Character.MAX_CODE_POINT) {
      throw wrong("no character after '\\u{'");
    }
    return c;
  }

  private int hex(int digits) {
    String text = pattern.substring(at, Math.min(pattern.length(), at + digits));
    if (!text.matches("[0-9a-fA-F]{" + digits + "}")) {
      throw wrong("'" + text + "' is no hexadecimal number");
    }
    at += digits;
    return Integer.parseInt(text, 16);
  }

  private boolean more() {
    return at < pattern.length();
  }

  private int peek() {
    return pattern.codePointAt(at);
  }

  private int take() {
    int c = pattern.codePointAt(at);
    at += Character.charCount(c);
    return c;
  }

  private boolean starts(String text) {
    return pattern.startsWith(text, at);
  }

  private SchemaRefused wrong(String what) {
    return new SchemaRefused(place, "no regular expression that can be read: " + what);
  }
}
