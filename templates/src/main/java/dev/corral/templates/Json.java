package dev.corral.templates;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A JSON value as templates see it: whole numbers and reals stay apart (`3` and `3.0` print
/// differently), fields keep their order, and text knows its origin. Immutable.
public sealed interface Json {
  record Text(MarkedText text) implements Json {}

  record Whole(BigInteger number) implements Json {}

  record Real(double number) implements Json {}

  record Bool(boolean truth) implements Json {}

  record Null() implements Json {}

  record Items(List<Json> items) implements Json {
    public Items {
      items = List.copyOf(items);
    }
  }

  /// @param fields in the order in which they were written; their names count as the user's
  record Fields(Map<String, Json> fields) implements Json {
    public static final Fields NONE = new Fields(Map.of());

    public Fields {
      fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    public Optional<Json> find(String name) {
      return Optional.ofNullable(fields.get(name));
    }

    /// The text of a field; empty where there is none or it is no text.
    public Optional<MarkedText> findText(String name) {
      return fields.get(name) instanceof Text(MarkedText text)
          ? Optional.of(text)
          : Optional.empty();
    }

    public Fields with(String name, Json value) {
      Map<String, Json> more = new LinkedHashMap<>(fields);
      more.put(name, value);
      return new Fields(more);
    }

    public Fields without(String name) {
      Map<String, Json> fewer = new LinkedHashMap<>(fields);
      fewer.remove(name);
      return new Fields(fewer);
    }
  }

  Json NULL = new Null();

  /// Text that came with a request.
  static Json user(String text) {
    return new Text(MarkedText.user(text));
  }

  /// Text of the program's own, such as the name of a model's first token.
  static Json trusted(String text) {
    return new Text(MarkedText.trusted(text));
  }

  static Json of(boolean truth) {
    return new Bool(truth);
  }

  static Json of(long number) {
    return new Whole(BigInteger.valueOf(number));
  }

  /// From the plain values that JSON libraries give (`Map`, `List`, `String`, numbers, `Boolean`,
  /// null); all text counts as the user's.
  ///
  /// @throws IllegalArgumentException for any other type
  static Json from(@Nullable Object plain) {
    return switch (plain) {
      case null -> NULL;
      case Json json -> json;
      case String text -> user(text);
      case Boolean truth -> new Bool(truth);
      case BigInteger number -> new Whole(number);
      case Integer number -> of(number);
      case Long number -> of(number);
      case Number number -> new Real(number.doubleValue());
      case List<?> list -> {
        List<Json> items = new ArrayList<>(list.size());
        for (Object item : list) {
          items.add(from(item));
        }
        yield new Items(items);
      }
      case Map<?, ?> map -> {
        Map<String, Json> fields = LinkedHashMap.newLinkedHashMap(map.size());
        for (Map.Entry<?, ?> field : map.entrySet()) {
          fields.put(String.valueOf(field.getKey()), from(field.getValue()));
        }
        yield new Fields(fields);
      }
      default -> throw new IllegalArgumentException("Not a JSON value: " + plain.getClass());
    };
  }
}
