package dev.corral.runner.grammar;

import java.util.ArrayList;
import java.util.List;

/// Strings that fit a regular expression. The expression speaks of the text, the grammar of how the
/// text is written in JSON.
final class Patterns {
  private static final int LONGEST = 2000;

  /// The largest product of counts within counts.
  private static final long MOST_COUNTS = 1000;

  private static final Regex ANYTHING =
      new Regex.Repeat(new Regex.Chars(CodePoints.ALL), 0, Repetition.FOR_EVER);

  private final Rules rules;
  private final Repetition repetition;
  private final List<String> loosened;

  Patterns(Rules rules, Repetition repetition, List<String> loosened) {
    this.rules = rules;
    this.repetition = repetition;
    this.loosened = loosened;
  }

  /// A body for strings that fit; for any string where the expression is beyond a grammar, as
  /// llama.cpp does it.
  String body(String pattern, Place place) {
    if (pattern.length() > LONGEST) {
      throw new SchemaRefused(
          place, "a regular expression of more than " + LONGEST + " characters");
    }
    try {
      Regex regex = anchored(RegexParser.parse(pattern, place));
      check(regex, place);
      return "\"\\\"\" " + part(regex, place) + " \"\\\"\"";
    } catch (RegexParser.Beyond beyond) {
      loosened.add("at " + place + ": a grammar cannot follow " + beyond.getMessage());
      return rules.usual("string");
    }
  }

  private static void check(Regex regex, Place place) {
    boolean single = regex instanceof Regex.Repeat(Regex.Chars _, int _, int _);
    if (!single && nested(regex) > MOST_COUNTS) {
      throw new SchemaRefused(
          place,
          "a regular expression whose repetitions within repetitions multiply to more than "
              + MOST_COUNTS);
    }
  }

  /// The product of counts where one stands within another; 1 where none does.
  private static long nested(Regex regex) {
    return switch (regex) {
      case Regex.Chars _, Regex.Edge _ -> 1;
      case Regex.Sequence(List<Regex> parts) ->
          parts.stream().mapToLong(Patterns::nested).max().orElse(1);
      case Regex.Either(List<Regex> choices) ->
          choices.stream().mapToLong(Patterns::nested).max().orElse(1);
      case Regex.Repeat(Regex part, int _, int _) -> part.counts() == 1 ? 1 : regex.counts();
    };
  }

  /// An expression fits anywhere in a text unless it is anchored.
  private static Regex anchored(Regex regex) {
    return switch (regex) {
      case Regex.Either(List<Regex> choices) ->
          new Regex.Either(choices.stream().map(Patterns::anchored).toList());
      case Regex.Sequence(List<Regex> parts) -> anchored(parts);
      case Regex.Chars _, Regex.Repeat _, Regex.Edge _ -> anchored(List.of(regex));
    };
  }

  private static Regex anchored(List<Regex> parts) {
    List<Regex> inside = new ArrayList<>(parts);
    boolean begins = !inside.isEmpty() && inside.getFirst().equals(new Regex.Edge(false));
    if (begins) {
      inside.removeFirst();
    } else {
      inside.addFirst(ANYTHING);
    }
    boolean ends = !inside.isEmpty() && inside.getLast().equals(new Regex.Edge(true));
    if (ends) {
      inside.removeLast();
    } else {
      inside.addLast(ANYTHING);
    }
    return new Regex.Sequence(inside);
  }

  private String part(Regex regex, Place place) {
    return switch (regex) {
      case Regex.Chars(CodePoints any) -> chars(any);
      case Regex.Sequence(List<Regex> parts) -> sequence(parts, place);
      case Regex.Either(List<Regex> choices) -> {
        List<String> bodies = choices.stream().map(choice -> part(choice, place)).toList();
        yield "( " + String.join(" | ", bodies) + " )";
      }
      case Regex.Repeat repeat -> repeated(repeat, place);
      case Regex.Edge _ -> throw new RegexParser.Beyond("an anchor inside");
    };
  }

  private String chars(CodePoints any) {
    String body = any.body();
    if (body.isEmpty()) {
      throw new RegexParser.Beyond("characters that JSON writes by number");
    }
    if (any.equals(CodePoints.ALL)) {
      return rules.usual("char");
    }
    return body.contains(" | ") ? rules.add("any", body) : body;
  }

  private String sequence(List<Regex> parts, Place place) {
    List<String> bodies = new ArrayList<>();
    for (Regex part : parts) {
      String body = part(part, place);
      if (!body.isEmpty()) {
        bodies.add(body);
      }
    }
    return String.join(" ", bodies);
  }

  private String repeated(Regex.Repeat repeat, Place place) {
    boolean round = repeat.most() == Repetition.FOR_EVER && repeat.part().fitsNothing();
    Regex part = round ? repeat.part().loop() : repeat.part();
    if (part instanceof Regex.Either(List<Regex> ways) && ways.isEmpty()) {
      return "";
    }
    String body = part(part, place);
    if (body.isEmpty()) {
      return "";
    }
    String name = Rules.isName(body) ? body : rules.add("part", body);
    return repetition.of(name, round ? 0 : repeat.least(), repeat.most(), place);
  }
}
