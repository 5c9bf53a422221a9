package dev.corral.dialect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A JSON object as Go reads it into a struct: keys in any case, the last of equal ones counts,
/// unknown ones are passed over, `null` is the same as nothing, and a value of the wrong type is
/// told in Go's words by an [Unread].
public final class Fields {
  private final String path;
  private final JsonNode tree;
  private final Map<String, JsonNode> values = new HashMap<>();

  private static final String TOO_DEEP =
      "the request is nested deeper than 1000 levels, or holds a number of more than 1000 digits;"
          + " send it flatter";

  private Fields(String path, JsonNode tree) {
    this.path = path;
    this.tree = tree;
    tree.properties()
        .forEach(entry -> values.put(entry.getKey().toLowerCase(Locale.ROOT), entry.getValue()));
  }

  /// @param struct the Go type without its package: `ChatRequest`
  /// @throws Unread where the bytes are no JSON object
  public static Fields read(String struct, byte[] body) {
    try {
      return of(struct, Trees.read(body));
    } catch (StreamConstraintsException e) {
      throw new Unread(TOO_DEEP);
    } catch (JsonProcessingException e) {
      throw new Unread(GoTexts.UNEXPECTED_END);
    }
  }

  public static Fields of(String struct, JsonNode tree) {
    if (tree.isObject() || tree.isNull() || tree.isMissingNode()) {
      return new Fields(struct, tree);
    }
    throw new Unread(
        "json: cannot unmarshal " + Trees.goType(tree) + " into Go value of type " + struct);
  }

  /// The whole object as it came.
  public JsonNode tree() {
    return tree;
  }

  /// The value as it came; null where there is none.
  public @Nullable JsonNode any(String key) {
    JsonNode value = values.get(key);
    return value == null || value.isNull() ? null : value;
  }

  public boolean has(String key) {
    return any(key) != null;
  }

  /// Empty where there is none.
  public String text(String key) {
    JsonNode value = any(key);
    if (value == null) {
      return "";
    }
    if (!value.isTextual()) {
      throw wrong(key, value, "string");
    }
    return value.textValue();
  }

  public boolean flag(String key) {
    return Boolean.TRUE.equals(maybeFlag(key));
  }

  public @Nullable Boolean maybeFlag(String key) {
    JsonNode value = any(key);
    if (value == null) {
      return null;
    }
    if (!value.isBoolean()) {
      throw wrong(key, value, "bool");
    }
    return value.booleanValue();
  }

  public @Nullable Integer number(String key) {
    JsonNode value = any(key);
    if (value == null) {
      return null;
    }
    if (!value.isNumber()) {
      throw wrong(key, value, "int");
    }
    if (!value.canConvertToInt() || !value.isIntegralNumber()) {
      throw new Unread(
          "json: cannot unmarshal number "
              + value.asText()
              + " into Go struct field "
              + path
              + "."
              + key
              + " of type int");
    }
    return value.intValue();
  }

  public @Nullable Double real(String key) {
    JsonNode value = any(key);
    if (value == null) {
      return null;
    }
    if (!value.isNumber()) {
      throw wrong(key, value, "float64");
    }
    return value.doubleValue();
  }

  /// An object within; one without members where there is none.
  public Fields object(String key, String goType) {
    JsonNode value = values.get(key);
    if (value != null && !value.isNull() && !value.isObject()) {
      throw wrong(key, value, goType);
    }
    return new Fields(path + "." + key, value == null ? Trees.object() : value);
  }

  public List<Fields> objects(String key, String goType) {
    List<Fields> found = new ArrayList<>();
    for (JsonNode item : items(key, "[]" + goType)) {
      if (!item.isObject() && !item.isNull()) {
        throw wrong(key, item, goType);
      }
      found.add(new Fields(path + "." + key, item));
    }
    return found;
  }

  public List<String> texts(String key) {
    List<String> found = new ArrayList<>();
    for (JsonNode item : items(key, "[]string")) {
      if (!item.isTextual() && !item.isNull()) {
        throw wrong(key, item, "string");
      }
      found.add(Trees.text(item));
    }
    return found;
  }

  /// The members of an object whose values are texts, in their order; none where there is none.
  public Map<String, String> textsByName(String key) {
    Map<String, String> found = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : object(key, "map[string]string").tree.properties()) {
      if (!entry.getValue().isTextual() && !entry.getValue().isNull()) {
        throw wrong(key, entry.getValue(), "string");
      }
      found.put(entry.getKey(), Trees.text(entry.getValue()));
    }
    return found;
  }

  /// The members of an array; none where there is none.
  public Iterable<JsonNode> items(String key, String goType) {
    JsonNode value = any(key);
    if (value == null) {
      return List.of();
    }
    if (!value.isArray()) {
      throw wrong(key, value, goType);
    }
    return value;
  }

  private Unread wrong(String key, JsonNode found, String goType) {
    return new Unread(
        "json: cannot unmarshal "
            + Trees.goType(found)
            + " into Go struct field "
            + path
            + "."
            + key
            + " of type "
            + goType);
  }
}
