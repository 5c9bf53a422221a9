package dev.corral.templates.jinja;

import static java.util.Map.entry;

import dev.corral.templates.MarkedText;
import dev.corral.templates.Out;
import dev.corral.templates.TemplateFailure;
import dev.corral.templates.jinja.Arguments.Bound;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// What a text can do: Python's methods of `str`. Each result keeps the origin of its characters.
final class TextMethods {
  private static final Map<String, Method<Value.Text>> ALL =
      Map.ofEntries(
          entry("upper", (rendering, self, _) -> rendering.text(upper(self.text()))),
          entry("lower", (rendering, self, _) -> rendering.text(lower(self.text()))),
          entry("casefold", (rendering, self, _) -> rendering.text(lower(self.text()))),
          entry("capitalize", (rendering, self, _) -> rendering.text(capitalize(self.text()))),
          entry("title", (rendering, self, _) -> rendering.text(TextCase.title(self.text()))),
          entry("swapcase", (rendering, self, _) -> rendering.text(TextCase.swap(self.text()))),
          entry("strip", (rendering, self, given) -> strip(rendering, self, given, true, true)),
          entry("lstrip", (rendering, self, given) -> strip(rendering, self, given, true, false)),
          entry("rstrip", (rendering, self, given) -> strip(rendering, self, given, false, true)),
          entry("split", (rendering, self, given) -> TextSplit.split(rendering, self, given, true)),
          entry(
              "rsplit", (rendering, self, given) -> TextSplit.split(rendering, self, given, false)),
          entry("splitlines", TextSplit::lines),
          entry(
              "partition",
              (rendering, self, given) -> TextSplit.partition(rendering, self, given, true)),
          entry(
              "rpartition",
              (rendering, self, given) -> TextSplit.partition(rendering, self, given, false)),
          entry("startswith", (_, self, given) -> Value.of(affixed(self, given, true))),
          entry("endswith", (_, self, given) -> Value.of(affixed(self, given, false))),
          entry("removeprefix", (rendering, self, given) -> without(rendering, self, given, true)),
          entry("removesuffix", (rendering, self, given) -> without(rendering, self, given, false)),
          entry("replace", TextMethods::replace),
          entry("find", (rendering, self, given) -> Value.of(find(rendering, self, given, true))),
          entry("rfind", (rendering, self, given) -> Value.of(find(rendering, self, given, false))),
          entry("index", (rendering, self, given) -> index(rendering, self, given, true)),
          entry("rindex", (rendering, self, given) -> index(rendering, self, given, false)),
          entry("count", TextMethods::count),
          entry("join", TextMethods::join),
          entry("format", FormatMethod::apply),
          entry("zfill", TextMethods::zfill),
          entry("ljust", (rendering, self, given) -> justify(rendering, self, given, 0)),
          entry("rjust", (rendering, self, given) -> justify(rendering, self, given, 2)),
          entry("center", (rendering, self, given) -> justify(rendering, self, given, 1)),
          entry("isdigit", (_, self, _) -> all(self, Character::isDigit)),
          entry("isdecimal", (_, self, _) -> all(self, Character::isDigit)),
          entry("isnumeric", (_, self, _) -> all(self, Character::isDigit)),
          entry("isalpha", (_, self, _) -> all(self, Character::isLetter)),
          entry("isalnum", (_, self, _) -> all(self, Character::isLetterOrDigit)),
          entry("isspace", (_, self, _) -> all(self, c -> PythonText.isSpace((char) c))),
          entry("isupper", (_, self, _) -> Value.of(TextCase.is(self.text(), true))),
          entry("islower", (_, self, _) -> Value.of(TextCase.is(self.text(), false))));

  private TextMethods() {}

  static @Nullable Value find(Value.Text self, String name) {
    return Method.find(ALL, self, name);
  }

  static MarkedText upper(MarkedText text) {
    return text.map(run -> run.toUpperCase(Locale.ROOT));
  }

  static MarkedText lower(MarkedText text) {
    return text.map(run -> run.toLowerCase(Locale.ROOT));
  }

  static MarkedText capitalize(MarkedText text) {
    int first = text.isEmpty() ? 0 : text.offset(1);
    return upper(text.slice(0, first)).concat(lower(text.slice(first, text.length())));
  }

  private static Value strip(
      Rendering rendering, Value.Text self, Arguments arguments, boolean left, boolean right) {
    MarkedText characters = arguments.bind("strip", "chars").findText(0);
    return rendering.text(strip(self.text(), characters, left, right));
  }

  /// @param characters to strip; null for white space
  static MarkedText strip(
      MarkedText text, @Nullable MarkedText characters, boolean left, boolean right) {
    String plain = text.toString();
    BitSet given = new BitSet();
    if (characters != null) {
      characters.toString().codePoints().forEach(given::set);
    }
    IntPredicate dropped = characters == null ? c -> PythonText.isSpace((char) c) : given::get;
    int from = 0;
    int to = plain.length();
    while (left && from < to && dropped.test(plain.codePointAt(from))) {
      from += Character.charCount(plain.codePointAt(from));
    }
    while (right && to > from && dropped.test(plain.codePointBefore(to))) {
      to -= Character.charCount(plain.codePointBefore(to));
    }
    return text.slice(from, to);
  }

  private static boolean affixed(Value.Text self, Arguments arguments, boolean start) {
    Bound given = arguments.bind(start ? "startswith" : "endswith", "affix", "start", "end");
    String text = part(self, given).toString();
    List<Value> affixes =
        given.require(0) instanceof Value.Items(var _, List<Value> several)
            ? several
            : List.of(new Value.Text(given.requireText(0)));
    for (Value affix : affixes) {
      if (affix instanceof Value.Text(MarkedText one)
          && (start ? text.startsWith(one.toString()) : text.endsWith(one.toString()))) {
        return true;
      }
    }
    return false;
  }

  /// The part between the arguments `start` and `end`, numbers 1 and 2.
  private static MarkedText part(Value.Text self, Bound given) {
    int length = self.text().codePoints();
    int from = clamp(given.integer(1, 0), length);
    int to = clamp(given.integer(2, length), length);
    return self.text().slice(self.text().offset(from), self.text().offset(Math.max(from, to)));
  }

  private static int clamp(int index, int length) {
    return Math.max(0, Math.min(index < 0 ? index + length : index, length));
  }

  private static Value without(
      Rendering rendering, Value.Text self, Arguments arguments, boolean start) {
    MarkedText text = self.text();
    String affix = arguments.bind("removeprefix", "affix").requireText(0).toString();
    if (start && text.toString().startsWith(affix)) {
      return rendering.text(text.slice(affix.length(), text.length()));
    }
    if (!start && text.toString().endsWith(affix)) {
      return rendering.text(text.slice(0, text.length() - affix.length()));
    }
    return self;
  }

  private static Value replace(Rendering rendering, Value.Text self, Arguments arguments) {
    Bound given = arguments.bind("replace", "old", "new", "count");
    return replace(
        rendering, self.text(), given.requireText(0), given.requireText(1), given.integer(2, -1));
  }

  /// @param most replacements; negative for all
  static Value replace(
      Rendering rendering, MarkedText text, MarkedText old, MarkedText by, int most) {
    Out out = new Out(rendering.meter);
    String plain = text.toString();
    int left = most < 0 ? Integer.MAX_VALUE : most;
    int done = 0;
    int found = Search.first(plain, old.toString(), 0, rendering.meter);
    while (found >= 0 && left > 0) {
      rendering.meter.step();
      out.add(text, done, found).add(by);
      left--;
      done = found + old.length();
      int next = done;
      if (old.isEmpty()) { // before each character and at the end
        next = found < plain.length() ? plain.offsetByCodePoints(found, 1) : plain.length() + 1;
      }
      found =
          next > plain.length() ? -1 : Search.first(plain, old.toString(), next, rendering.meter);
    }
    return Value.of(out.add(text, done, text.length()));
  }

  private static long find(
      Rendering rendering, Value.Text self, Arguments arguments, boolean first) {
    Bound given = arguments.bind("find", "sub", "start", "end");
    String text = part(self, given).toString();
    String sought = given.requireText(0).toString();
    int found =
        first
            ? Search.first(text, sought, 0, rendering.meter)
            : Search.last(text, sought, text.length(), rendering.meter);
    return found < 0
        ? -1
        : clamp(given.integer(1, 0), self.text().codePoints()) + text.codePointCount(0, found);
  }

  private static Value index(
      Rendering rendering, Value.Text self, Arguments arguments, boolean first) {
    long found = find(rendering, self, arguments, first);
    if (found < 0) {
      throw new TemplateFailure("'index' does not find the text");
    }
    return Value.of(found);
  }

  private static Value count(Rendering rendering, Value.Text self, Arguments arguments) {
    Bound given = arguments.bind("count", "sub", "start", "end");
    String text = part(self, given).toString();
    String sought = given.requireText(0).toString();
    if (sought.isEmpty()) {
      return Value.of(text.codePointCount(0, text.length()) + 1L);
    }
    long count = 0;
    int at = Search.first(text, sought, 0, rendering.meter);
    while (at >= 0) {
      count++;
      at = Search.first(text, sought, at + sought.length(), rendering.meter);
    }
    return Value.of(count);
  }

  private static Value join(Rendering rendering, Value.Text self, Arguments arguments) {
    Out out = new Out(rendering.meter);
    boolean first = true;
    Value parts = arguments.bind("join", "iterable").require(0);
    for (Value part : Sequences.copy(parts, rendering.meter)) {
      if (!(part instanceof Value.Text(MarkedText text))) {
        throw new TemplateFailure("'join' joins strings, not a " + Kinds.of(part));
      }
      out.add(first ? MarkedText.EMPTY : self.text()).add(text);
      first = false;
    }
    return Value.of(out);
  }

  private static Value zfill(Rendering rendering, Value.Text self, Arguments arguments) {
    MarkedText text = self.text();
    int zeros = arguments.bind("zfill", "width").integer(0, 0) - text.codePoints();
    boolean signed = text.toString().startsWith("-") || text.toString().startsWith("+");
    return Value.of(
        new Out(rendering.meter)
            .add(text, 0, signed ? 1 : 0)
            .repeat(MarkedText.trusted("0"), Math.max(0, zeros))
            .add(text, signed ? 1 : 0, text.length()));
  }

  /// @param side 0 for the left, 1 for the middle, 2 for the right
  private static Value justify(
      Rendering rendering, Value.Text self, Arguments arguments, int side) {
    Bound given = arguments.bind("ljust", "width", "fillchar");
    MarkedText fill = given.findText(1);
    return justify(rendering, self.text(), given.integer(0, 0), fill == null ? BLANK : fill, side);
  }

  static Value justify(Rendering rendering, MarkedText text, int width, MarkedText fill, int side) {
    int gap = Math.max(0, width - text.codePoints());
    int left = side == 0 ? 0 : side == 2 ? gap : gap / 2 + (gap & width & 1); // as Python centres
    return Value.of(new Out(rendering.meter).repeat(fill, left).add(text).repeat(fill, gap - left));
  }

  private static Value all(Value.Text self, IntPredicate holds) {
    return Value.of(!self.text().isEmpty() && self.text().toString().codePoints().allMatch(holds));
  }

  private static final MarkedText BLANK = MarkedText.trusted(" ");
}
