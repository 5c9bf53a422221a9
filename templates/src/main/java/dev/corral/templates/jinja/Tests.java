package dev.corral.templates.jinja;

import static java.util.Map.entry;

import dev.corral.templates.MarkedText;
import dev.corral.templates.TemplateFailure;
import java.math.BigInteger;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What `is` can ask.
final class Tests {
  /// One question about a value.
  interface Test {
    boolean holds(Rendering rendering, Value subject, Arguments arguments);
  }

  private static final Map<String, Test> ALL =
      Map.ofEntries(
          entry("defined", (_, value, _) -> !(value instanceof Value.Undefined)),
          entry("undefined", (_, value, _) -> value instanceof Value.Undefined),
          entry("none", (_, value, _) -> value instanceof Value.None),
          entry("string", (_, value, _) -> value instanceof Value.Text),
          entry("number", (_, value, _) -> Operators.isNumber(value)),
          entry("integer", (_, value, _) -> value instanceof Value.Int),
          entry("float", (_, value, _) -> value instanceof Value.Real),
          entry("boolean", (_, value, _) -> value instanceof Value.Bool),
          entry("true", (_, value, _) -> value instanceof Value.Bool(boolean truth) && truth),
          entry("false", (_, value, _) -> value instanceof Value.Bool(boolean truth) && !truth),
          entry("mapping", (_, value, _) -> value instanceof Value.Dict),
          entry("sequence", (_, value, _) -> sequence(value)),
          entry("iterable", (_, value, _) -> sequence(value) || value instanceof Value.Items),
          entry(
              "callable",
              (_, value, _) -> value instanceof Value.Callable || value instanceof Value.Undefined),
          entry("escaped", (_, _, _) -> false),
          entry("odd", (rendering, value, _) -> leaves(1, value, Value.of(2), rendering)),
          entry("even", (rendering, value, _) -> leaves(0, value, Value.of(2), rendering)),
          entry(
              "divisibleby",
              (rendering, value, given) ->
                  leaves(0, value, operand("divisibleby", given), rendering)),
          entry("lower", (rendering, value, _) -> TextCase.is(text(value, rendering), false)),
          entry("upper", (rendering, value, _) -> TextCase.is(text(value, rendering), true)),
          entry("filter", (rendering, value, _) -> Filter.find(name(value, rendering)) != null),
          entry("test", (rendering, value, _) -> find(name(value, rendering)) != null),
          entry("in", comparing("in")),
          entry("==", comparing("==")),
          entry("eq", comparing("==")),
          entry("equalto", comparing("==")),
          entry("!=", comparing("!=")),
          entry("ne", comparing("!=")),
          entry("<", comparing("<")),
          entry("lt", comparing("<")),
          entry("lessthan", comparing("<")),
          entry("<=", comparing("<=")),
          entry("le", comparing("<=")),
          entry(">", comparing(">")),
          entry("gt", comparing(">")),
          entry("greaterthan", comparing(">")),
          entry(">=", comparing(">=")),
          entry("ge", comparing(">=")),
          entry("sameas", (_, value, given) -> same(value, operand("sameas", given))));

  private Tests() {}

  static @Nullable Test find(String name) {
    return ALL.get(name);
  }

  private static Test comparing(String operator) {
    return (rendering, value, given) ->
        Operators.compare(operator, value, operand(operator, given), rendering.meter);
  }

  private static Value operand(String test, Arguments given) {
    return given.bind(test, "other").require(0);
  }

  private static boolean sequence(Value value) {
    return Sequences.length(value) != null
        && !Sequences.isStream(value)
        && !(value instanceof Value.Items items && items.kind().ofDict());
  }

  /// True where dividing by the number leaves this rest.
  private static boolean leaves(int rest, Value value, Value by, Rendering rendering) {
    Value left = Arithmetic.apply("%", value, by, rendering);
    return Operators.equal(left, Value.of((long) rest), rendering.meter);
  }

  @SuppressWarnings("ReferenceEquality") // identity is the question
  private static boolean same(Value a, Value b) {
    return switch (a) {
      case Value.Bool(boolean truth) -> b instanceof Value.Bool(boolean other) && truth == other;
      case Value.None _ -> b instanceof Value.None;
      case Value.Int(BigInteger number) ->
          b instanceof Value.Int(BigInteger other) && number.equals(other);
      case Value.Text(MarkedText text) ->
          b instanceof Value.Text(MarkedText other) && text.equals(other);
      default -> a == b;
    };
  }

  private static MarkedText text(Value value, Rendering rendering) {
    return PythonText.str(value, rendering);
  }

  private static String name(Value value, Rendering rendering) {
    if (!(value instanceof Value.Text)) {
      throw new TemplateFailure("the name of a filter or test is a string");
    }
    return text(value, rendering).toString();
  }
}
