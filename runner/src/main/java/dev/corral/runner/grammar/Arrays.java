package dev.corral.runner.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lists: some items of one kind, and before them fixed ones of their own kinds.
final class Arrays {
  private static final String COMMA = " \",\" space ";

  private final Conversion conversion;

  Arrays(Conversion conversion) {
    this.conversion = conversion;
  }

  String body(JsonNode schema, Place place) {
    JsonNode items = schema.get("items");
    JsonNode fixed = items != null && items.isArray() ? items : schema.path("prefixItems");
    int least = Conversion.count(schema, "minItems", 0, place);
    int most = Conversion.count(schema, "maxItems", Repetition.FOR_EVER, place);
    conversion.rules.usual("space");
    if (fixed.isArray() && !fixed.isEmpty()) {
      return tuple(fixed, items, least, most, place);
    }
    boolean none = items != null && items.isBoolean() && !items.booleanValue();
    if (none || most == 0) {
      return "\"[\" space \"]\"";
    }
    if (items == null && least == 0 && most == Repetition.FOR_EVER) {
      return conversion.rules.usual("array");
    }
    String item = item(items, place);
    String more = more(item, Math.max(0, least - 1), less(most, 1), place);
    String some = join(item, more);
    return "\"[\" space " + (least == 0 ? "( " + some + " )?" : some) + " space \"]\"";
  }

  /// All fixed items, as llama.cpp demands them; further ones where `items` says of which kind.
  private String tuple(JsonNode fixed, @Nullable JsonNode items, int least, int most, Place place) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < fixed.size(); i++) {
      Place at = place.in("prefixItems").in(String.valueOf(i)).named(place.hint() + "-" + i);
      names.add(conversion.rule(fixed.get(i), at));
    }
    String all = String.join(COMMA, names);
    if (items != null && !items.isArray() && !(items.isBoolean() && !items.booleanValue())) {
      int left = Math.max(0, least - fixed.size());
      all = join(all, more(item(items, place), left, less(most, fixed.size()), place));
    }
    return "\"[\" space " + all + " space \"]\"";
  }

  private String item(@Nullable JsonNode items, Place place) {
    Place at = place.in("items").named(place.hint() + "-item");
    return items == null ? conversion.rules.usual("value") : conversion.rule(items, at);
  }

  /// Further items, each behind its comma.
  private String more(String item, int least, int most, Place place) {
    String next = conversion.rules.add(item + "-next", "\",\" space " + item);
    return conversion.repetition.of(next, least, most, place);
  }

  private static int less(int most, int taken) {
    return most == Repetition.FOR_EVER ? most : Math.max(0, most - taken);
  }

  private static String join(String before, String behind) {
    return behind.isEmpty() ? before : before + " " + behind;
  }
}
