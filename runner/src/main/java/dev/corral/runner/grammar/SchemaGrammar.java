package dev.corral.runner.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

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
    List<String> loosened = new ArrayList<>();
    try {
      return new Converted.Grammar(new Conversion(schema, loosened).text(), loosened);
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
