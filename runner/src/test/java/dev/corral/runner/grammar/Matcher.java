package dev.corral.runner.grammar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// Reads GBNF and follows a text through it as llama.cpp does: a set of stacks, one step for each
/// character.
final class Matcher {
  private sealed interface Item {}

  private record One(IntPredicate fits) implements Item {}

  private record Rule(String name) implements Item {}

  private record End() implements Item {}

  /// What is still to come, first item first; the last one is [End].
  private static final class Rest {
    private final Item item;
    private final @Nullable Rest next;
    private final int hash;

    Rest(Item item, @Nullable Rest next) {
      this.item = item;
      this.next = next;
      this.hash = 31 * System.identityHashCode(item) + (next == null ? 0 : next.hash);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Rest rest
          && hash == rest.hash
          && item.equals(rest.item)
          && Objects.equals(next, rest.next);
    }
  }

  private final Map<String, List<List<Item>>> rules = new HashMap<>();
  private String text = "";
  private int at;
  private int made;

  Matcher(String grammar) {
    for (String line : grammar.lines().toList()) {
      int mark = line.indexOf(" ::= ");
      text = line.substring(mark + 5);
      at = 0;
      rules.put(line.substring(0, mark), alternatives());
      if (at != text.length()) {
        throw new AssertionError("cannot be read from " + at + ": " + line);
      }
    }
    rules.values().forEach(ways -> ways.forEach(way -> way.forEach(this::checkName)));
  }

  /// Whether the grammar accepts the whole text.
  boolean accepts(String candidate) {
    Set<Rest> stacks = open(Set.of(new Rest(ROOT, END)));
    for (int c : candidate.codePoints().toArray()) {
      Set<Rest> behind = new LinkedHashSet<>();
      for (Rest stack : stacks) {
        if (stack.item instanceof One(IntPredicate fits) && fits.test(c)) {
          behind.add(stack.next);
        }
      }
      stacks = open(behind);
    }
    return stacks.contains(END);
  }

  private static final Item ROOT = new Rule("root");
  private static final Rest END = new Rest(new End(), null);

  /// Replaces rules on top by what they stand for, until each stack begins with a character.
  private Set<Rest> open(Set<Rest> stacks) {
    Set<Rest> ready = new LinkedHashSet<>();
    Set<Rest> seen = new LinkedHashSet<>();
    List<Rest> todo = new ArrayList<>(stacks);
    while (!todo.isEmpty()) {
      Rest stack = todo.removeLast();
      if (!seen.add(stack)) {
        continue;
      }
      if (stack.item instanceof Rule(String name)) {
        for (List<Item> way : rules.get(name)) {
          Rest next = stack.next;
          for (Item item : way.reversed()) {
            next = new Rest(item, next);
          }
          todo.add(next);
        }
      } else {
        ready.add(stack);
      }
    }
    return ready;
  }

  private void checkName(Item item) {
    if (item instanceof Rule(String name) && !rules.containsKey(name)) {
      throw new AssertionError("no rule is called " + name);
    }
  }

  private List<List<Item>> alternatives() {
    List<List<Item>> ways = new ArrayList<>();
    ways.add(sequence());
    while (at < text.length() && text.charAt(at) == '|') {
      at++;
      ways.add(sequence());
    }
    return ways;
  }

  private List<Item> sequence() {
    List<Item> items = new ArrayList<>();
    skip();
    while (at < text.length() && text.charAt(at) != '|' && text.charAt(at) != ')') {
      items.addAll(repeated(part()));
      skip();
    }
    return items;
  }

  private List<Item> part() {
    char c = text.charAt(at++);
    if (c == '"') {
      List<Item> items = new ArrayList<>();
      while (text.charAt(at) != '"') {
        int wanted = character();
        items.add(new One(x -> x == wanted));
      }
      at++;
      return items;
    }
    if (c == '(') {
      List<List<Item>> ways = alternatives();
      at++;
      return List.of(rule(ways));
    }
    if (c == '[') {
      return List.of(charClass());
    }
    int start = at - 1;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '-')) {
      at++;
    }
    if (at == start + 1 && !Character.isLetter(c)) {
      throw new AssertionError("unexpected " + c + " in " + text);
    }
    return List.of(new Rule(text.substring(start, at)));
  }

  private One charClass() {
    boolean not = text.charAt(at) == '^';
    at += not ? 1 : 0;
    IntPredicate any = x -> false;
    while (text.charAt(at) != ']') {
      int first = character();
      int last = first;
      if (text.charAt(at) == '-' && text.charAt(at + 1) != ']') {
        at++;
        last = character();
      }
      int end = last;
      any = any.or(x -> first <= x && x <= end);
    }
    at++;
    return new One(not ? any.negate() : any);
  }

  private int character() {
    int c = text.codePointAt(at);
    at += Character.charCount(c);
    if (c != '\\') {
      return c;
    }
    char kind = text.charAt(at++);
    return switch (kind) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'x' -> hex(2);
      case 'u' -> hex(4);
      case 'U' -> hex(8);
      case '"', '\\', '[', ']' -> kind;
      default -> throw new AssertionError("unknown escape \\" + kind);
    };
  }

  private int hex(int digits) {
    at += digits;
    return Integer.parseInt(text.substring(at - digits, at), 16);
  }

  private List<Item> repeated(List<Item> part) {
    if (at >= text.length()) {
      return part;
    }
    switch (text.charAt(at)) {
      case '*' -> at++;
      case '+' -> at++;
      case '?' -> at++;
      case '{' -> at = text.indexOf('}', at) + 1;
      default -> {
        return part;
      }
    }
    String mark =
        text.substring(
            text.lastIndexOf('}', at - 1) == at - 1 ? text.lastIndexOf('{', at) : at - 1, at);
    return switch (mark) {
      case "*" -> List.of(star(part));
      case "+" -> join(part, star(part));
      case "?" -> List.of(upTo(part, 1));
      default -> counted(part, mark.substring(1, mark.length() - 1).split(",", -1));
    };
  }

  private List<Item> counted(List<Item> part, String[] counts) {
    int least = Integer.parseInt(counts[0]);
    List<Item> items = new ArrayList<>();
    for (int i = 0; i < least; i++) {
      items.addAll(part);
    }
    if (counts.length == 2 && counts[1].isEmpty()) {
      items.add(star(part));
    } else if (counts.length == 2 && Integer.parseInt(counts[1]) > least) {
      items.add(upTo(part, Integer.parseInt(counts[1]) - least));
    }
    return items;
  }

  private Item star(List<Item> part) {
    Rule self = rule(List.of());
    rules.put(self.name(), List.of(join(part, self), List.of()));
    return self;
  }

  private Item upTo(List<Item> part, int times) {
    Rule last = rule(List.of(part, List.of()));
    for (int i = 1; i < times; i++) {
      last = rule(List.of(join(part, last), List.of()));
    }
    return last;
  }

  private static List<Item> join(List<Item> items, Item more) {
    List<Item> all = new ArrayList<>(items);
    all.add(more);
    return all;
  }

  private Rule rule(List<List<Item>> ways) {
    String name = "_" + made++;
    rules.put(name, ways);
    return new Rule(name);
  }

  private void skip() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }
}
