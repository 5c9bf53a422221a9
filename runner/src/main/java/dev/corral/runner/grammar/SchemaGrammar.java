package dev.corral.runner.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Turns a JSON schema into a grammar. Known: types and arrays of types, `enum`, `const`,
/// `properties`, `required`, `additionalProperties`, `items`, `prefixItems`, counts of items and
/// characters, `pattern`, `format` (`date`, `time`, `date-time`, `uuid`), bounds of whole numbers,
/// `anyOf`, `oneOf`, `allOf`, `$ref` into the same document, also back to itself. Properties come
/// in the order of the schema; ones that it does not name only where `additionalProperties` allows
/// them. Other keywords are beyond a grammar and pass. Immutable results, no state.
public final class SchemaGrammar {
  private SchemaGrammar() {}

  /// @param schema an object, or a truth value
  public static Converted of(JsonNode schema) {
    return made((rules, root, loosened) -> new Conversion(schema, rules, root, loosened));
  }

  /// One of these calls of tools, and nothing else.
  ///
  /// @param calls at least one
  public static Converted ofCalls(List<Call> calls) {
    return made((rules, root, loosened) -> {
      List<String> bodies = new ArrayList<>();
      for (Call call : calls) {
        String arguments = rules.reserve("arguments");
        new Conversion(call.arguments(), rules, arguments, loosened);
        bodies.add(
            Stream.of(literal(call.before()), arguments, literal(call.after()))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(" ")));
      }
      rules.put(root, String.join(" | ", bodies));
    });
  }

  private static String literal(String text) {
    return text.isEmpty() ? "" : Gbnf.literal(text);
  }

  /// A call of a tool as its model writes it.
  ///
  /// @param before what stands in front of the arguments, the tool's name among it
  /// @param arguments their schema
  /// @param after what stands behind them
  public record Call(String before, JsonNode arguments, String after) {}

  @FunctionalInterface
  private interface Content {
    void into(Rules rules, String root, List<String> loosened);
  }

  private static Converted made(Content content) {
    List<String> loosened = new ArrayList<>();
    Rules rules = new Rules();
    try {
      content.into(rules, rules.reserve("root"), loosened);
      return new Converted.Grammar(rules.text(), loosened);
    } catch (SchemaRefused refused) {
      return new Converted.Refused("The JSON schema cannot be used: " + refused.reason());
    }
  }

  /// Any JSON object: what `format: json` asks for.
  public static String anyObject() {
    Rules rules = new Rules();
    rules.put("root", rules.usual("object"));
    return rules.text();
  }
}
