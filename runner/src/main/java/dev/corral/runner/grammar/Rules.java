package dev.corral.runner.grammar;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/// The rules of one grammar while it is made. Equal bodies share one rule. Bounded in size.
final class Rules {
  /// The longest grammar: a thousand properties fit, and llama.cpp reads it within a moment.
  static final int LONGEST = 512 * 1024;

  /// Schemas visited and properties merged for one grammar: a schema that doubles at each level is
  /// stopped here.
  private static final int MOST_WORK = 200_000;

  private static final int LONGEST_NAME = 40;

  /// The usual rules, by name; each is added with those it leans on when it is first used.
  private static final Map<String, String> USUAL =
      Map.ofEntries(
          Map.entry("space", Gbnf.SPACE),
          Map.entry("char", Gbnf.CHAR),
          Map.entry("string", "\"\\\"\" char* \"\\\"\""),
          Map.entry("boolean", "\"true\" | \"false\""),
          Map.entry("null", "\"null\""),
          Map.entry("integral-part", "[0] | [1-9] [0-9]{0,15}"),
          Map.entry("decimal-part", "[0-9]{1,16}"),
          Map.entry("integer", "\"-\"? integral-part"),
          Map.entry("positive", "integral-part (\".\" decimal-part)? ([eE] [-+]? integral-part)?"),
          Map.entry("number", "\"-\"? positive"),
          Map.entry("value", "object | array | string | number | boolean | null"),
          Map.entry(
              "object",
              "\"{\" space ( string \":\" space value"
                  + " ( \",\" space string \":\" space value )* )? space \"}\""),
          Map.entry("array", "\"[\" space ( value ( \",\" space value )* )? space \"]\""),
          Map.entry("hex", "[0-9a-fA-F]"),
          Map.entry(
              "uuid",
              "\"\\\"\" hex{8} \"-\" hex{4} \"-\" hex{4} \"-\" hex{4} \"-\" hex{12} \"\\\"\""),
          Map.entry(
              "date",
              "[0-9]{4} \"-\" ( \"0\" [1-9] | \"1\" [0-2] ) \"-\""
                  + " ( \"0\" [1-9] | [1-2] [0-9] | \"3\" [0-1] )"),
          Map.entry("time", "clock \":\" [0-5] [0-9] ( \".\" [0-9]{3} )? ( \"Z\" | [-+] clock )"),
          Map.entry("clock", "( [01] [0-9] | \"2\" [0-3] ) \":\" [0-5] [0-9]"));

  private static final Map<String, String[]> LEANS_ON =
      Map.ofEntries(
          Map.entry("string", of("char")),
          Map.entry("integer", of("integral-part")),
          Map.entry("positive", of("integral-part", "decimal-part")),
          Map.entry("number", of("positive")),
          Map.entry("value", of("object", "array", "string", "number", "boolean", "null")),
          Map.entry("object", of("space", "string", "value")),
          Map.entry("array", of("space", "value")),
          Map.entry("uuid", of("hex")),
          Map.entry("time", of("clock")));

  private final Map<String, String> bodies = new LinkedHashMap<>();
  private final Map<String, String> names = new HashMap<>();
  private final Map<String, Integer> numbers = new HashMap<>();
  private int length;
  private int work;

  private static String[] of(String... names) {
    return names;
  }

  /// Counts what a schema costs.
  ///
  /// @throws SchemaRefused where it costs too much
  void work(int steps) {
    work += steps;
    if (work > MOST_WORK) {
      throw new SchemaRefused(
          "the schema stands for more than "
              + MOST_WORK
              + " schemas, because allOf, anyOf and $ref multiply; write it flatter");
    }
  }

  /// One of the usual rules, with all it leans on.
  String usual(String name) {
    if (!bodies.containsKey(name)) {
      put(name, USUAL.getOrDefault(name, ""));
      for (String other : LEANS_ON.getOrDefault(name, of())) {
        usual(other);
      }
    }
    return name;
  }

  /// The name of a rule with this body: a new one, or that of an equal one.
  ///
  /// @param hint what it is best called
  /// @throws SchemaRefused where the grammar becomes too long
  String add(String hint, String body) {
    String known = names.get(body);
    if (known != null) {
      return known;
    }
    String name = reserve(hint);
    put(name, body);
    names.put(body, name);
    return name;
  }

  /// True where a body is nothing but the name of a rule.
  static boolean isName(String body) {
    return body.matches("[a-zA-Z][a-zA-Z0-9-]*");
  }

  /// A name for a rule whose body comes later, because it leads back to itself.
  String reserve(String hint) {
    String plain = hint.replaceAll("[^a-zA-Z0-9]+", "-");
    String stem = plain.length() > LONGEST_NAME ? plain.substring(0, LONGEST_NAME) : plain;
    String start = Character.isLetter(stem.isEmpty() ? '-' : stem.charAt(0)) ? stem : "r" + stem;
    String name = start;
    while (bodies.containsKey(name) || USUAL.containsKey(name)) {
      name = start + "-" + numbers.merge(start, 1, Integer::sum);
    }
    bodies.put(name, "");
    return name;
  }

  void put(String name, String body) {
    length += name.length() + body.length() + 6;
    if (length > LONGEST) {
      throw new SchemaRefused(
          "the schema becomes a grammar of more than "
              + LONGEST / 1024
              + " KiB; use fewer properties, shorter enumerations or smaller repetitions");
    }
    bodies.put(name, body);
  }

  String text() {
    StringBuilder text = new StringBuilder(length);
    bodies.forEach((name, body) -> text.append(name).append(" ::= ").append(body).append('\n'));
    return text.toString();
  }
}
