package dev.corral.runner.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Objects: properties in the order of the schema, those that are not required left out or not.
final class Objects {
  private static final String COMMA = "\",\" space ";

  /// A property on its way into rules.
  private record Member(String rule, boolean required) {}

  private final Conversion conversion;
  private final Rules rules;

  Objects(Conversion conversion) {
    this.conversion = conversion;
    this.rules = conversion.rules;
  }

  String body(JsonNode schema, Place place) {
    JsonNode properties = schema.get("properties");
    if (properties != null && !properties.isObject()) {
      throw new SchemaRefused(place.in("properties"), "must be an object");
    }
    rules.usual("space");
    JsonNode additional = schema.get("additionalProperties");
    boolean anyOther = additional == null ? properties == null : isTrue(additional);
    if (anyOther && (properties == null || properties.isEmpty())) {
      return rules.usual("object");
    }
    List<Member> members = members(schema, properties, place);
    String other =
        anyOther || (additional != null && additional.isObject())
            ? other(properties, anyOther ? null : additional, place)
            : "";
    return "\"{\" space " + chain(members, other, place) + "space \"}\"";
  }

  private static boolean isTrue(JsonNode value) {
    return value.isBoolean() ? value.booleanValue() : value.isObject() && value.isEmpty();
  }

  private List<Member> members(JsonNode schema, @Nullable JsonNode properties, Place place) {
    Set<String> required = new HashSet<>();
    schema.path("required").forEach(name -> required.add(name.asText()));
    List<Member> members = new ArrayList<>();
    if (properties != null) {
      for (Map.Entry<String, JsonNode> field : properties.properties()) {
        String name = field.getKey();
        Place at = place.in("properties").in(name).named(name);
        String value = conversion.rule(field.getValue(), at);
        String body = key(name) + " \":\" space " + value;
        members.add(new Member(rules.add(name + "-kv", body), required.contains(name)));
      }
    }
    return members;
  }

  private static String key(String name) {
    return Gbnf.literal(TextNode.valueOf(name));
  }

  /// A property that the schema does not name.
  private String other(@Nullable JsonNode named, @Nullable JsonNode schema, Place place) {
    Place at = place.in("additionalProperties").named(place.hint() + "-other");
    String value = schema == null ? rules.usual("value") : conversion.rule(schema, at);
    String key = new OtherNames(rules).body(named);
    String name = Rules.isName(key) ? key : rules.add(at.hint() + "-key", key);
    return rules.add(at.hint() + "-kv", name + " \":\" space " + value);
  }

  /// The members from the last to the first, each as two rules: what may follow where one was
  /// written before, and what may come where none was. So each rule is used by its neighbour alone,
  /// and their number grows with the properties, not with their combinations.
  private String chain(List<Member> members, String other, Place place) {
    String after = other.isEmpty() ? "" : "( " + COMMA + other + " )*";
    String start = other.isEmpty() ? "" : "( " + (other + " " + after).strip() + " )?";
    for (Member member : members.reversed()) {
      String behind = after.isEmpty() ? "" : " " + named(place.hint() + "-rest", after);
      String with = member.rule() + behind;
      String next = COMMA + member.rule();
      if (member.required()) {
        start = with;
        after = next + behind;
      } else {
        start =
            start.isEmpty()
                ? "( " + with + " )?"
                : with + " | " + named(place.hint() + "-from", start);
        after = "( " + next + " )?" + behind;
      }
    }
    String first = start.contains(" | ") ? rules.add(place.hint() + "-start", start) : start;
    return first.isEmpty() ? "" : first + " ";
  }

  private String named(String hint, String body) {
    return Rules.isName(body) ? body : rules.add(hint, body);
  }
}
