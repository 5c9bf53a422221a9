package dev.corral.templates.go;

import dev.corral.templates.MarkedText;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A value while a template runs, with as much of its Go type as decides how it prints and
/// compares. Immutable.
sealed interface GoValue {
  GoValue NIL = new Nil();
  GoValue TRUE = new Bool(true);
  GoValue FALSE = new Bool(false);

  /// What is not there: a missing key, an empty interface.
  record Nil() implements GoValue {}

  record Bool(boolean truth) implements GoValue {}

  record Int(long number) implements GoValue {}

  record Real(double number) implements GoValue {}

  record Text(MarkedText text) implements GoValue {}

  /// @param nil true for a slice that was never made: it is empty, and `null` as JSON
  record Slice(List<GoValue> items, Form form, boolean nil) implements GoValue {
    static final Slice NONE = new Slice(List.of(), Form.GO, true);

    static Slice of(List<GoValue> items) {
      return new Slice(items, Form.GO, false);
    }
  }

  /// @param entries in the order in which a range sees them
  /// @param zero what a missing key gives
  /// @param nil true for a map that was never made
  record Dict(Map<String, GoValue> entries, GoValue zero, Form form, boolean nil)
      implements GoValue {}

  /// @param type its name, for error messages and functions that ask for it
  record Struct(String type, List<Field> fields, Form form) implements GoValue {
    @Nullable GoValue find(String name) {
      for (Field field : fields) {
        if (field.name().equals(name)) {
          return field.value();
        }
      }
      return null;
    }
  }

  /// @param json its name in JSON
  /// @param omitEmpty true where JSON leaves an empty one out
  record Field(String name, GoValue value, String json, boolean omitEmpty) {}

  /// How a value prints: as Go's `%v`, as JSON, or (a list of types) as its only entry.
  enum Form {
    GO,
    JSON,
    ONE_OR_MANY
  }

  static Text text(String trusted) {
    return new Text(MarkedText.trusted(trusted));
  }

  static GoValue of(boolean truth) {
    return truth ? TRUE : FALSE;
  }

  /// False is what equals the zero of its type; a struct is always true.
  static boolean isTrue(GoValue value) {
    return switch (value) {
      case Nil _ -> false;
      case Bool(boolean truth) -> truth;
      case Int(long number) -> number != 0;
      case Real(double number) -> number != 0;
      case Text(MarkedText text) -> !text.isEmpty();
      case Slice slice -> !slice.items().isEmpty();
      case Dict dict -> !dict.entries().isEmpty();
      case Struct _ -> true;
    };
  }

  /// The name of its type in Go.
  static String typeOf(GoValue value) {
    return switch (value) {
      case Nil _ -> "<nil>";
      case Bool _ -> "bool";
      case Int _ -> "int";
      case Real _ -> "float64";
      case Text _ -> "string";
      case Slice _ -> "[]interface {}";
      case Dict _ -> "map[string]interface {}";
      case Struct struct -> struct.type();
    };
  }
}
