package dev.corral.templates.jinja;

import dev.corral.templates.MarkedText;
import dev.corral.templates.TemplateFailure;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The arguments of a call, evaluated.
record Arguments(List<Value> positional, Map<String, Value> named) {
  static final Arguments NONE = new Arguments(List.of(), Map.of());

  static Arguments of(Value... positional) {
    return new Arguments(List.of(positional), Map.of());
  }

  /// The arguments without the first `count` ones.
  Arguments after(int count) {
    int from = Math.min(count, positional.size());
    return new Arguments(positional.subList(from, positional.size()), named);
  }

  /// Puts the arguments into the order of a callee's parameters.
  ///
  /// @throws TemplateFailure where there are too many, or one has an unknown name
  Bound bind(String callee, String... parameters) {
    if (positional.size() > parameters.length) {
      throw new TemplateFailure(
          "'" + callee + "' takes " + parameters.length + " arguments, not " + positional.size());
    }
    Value[] values = new Value[parameters.length];
    for (int i = 0; i < positional.size(); i++) {
      values[i] = positional.get(i);
    }
    int used = 0;
    for (int i = 0; i < parameters.length && !named.isEmpty(); i++) {
      Value value = named.get(parameters[i]);
      if (value != null) {
        values[i] = value;
        used++;
      }
    }
    if (used < named.size()) {
      throw new TemplateFailure("'" + callee + "' does not know all of " + named.keySet());
    }
    return new Bound(callee, parameters, values);
  }

  /// Arguments by the number of their parameter.
  @SuppressWarnings("ArrayRecordComponent") // lives as long as one call; nobody compares it
  record Bound(String callee, String[] parameters, @Nullable Value[] values) {
    @Nullable Value find(int parameter) {
      return values[parameter];
    }

    Value value(int parameter, Value otherwise) {
      Value value = values[parameter];
      return value == null ? otherwise : value;
    }

    Value require(int parameter) {
      Value value = values[parameter];
      if (value == null) {
        throw new TemplateFailure("'" + callee + "' needs '" + parameters[parameter] + "'");
      }
      return value;
    }

    MarkedText requireText(int parameter) {
      return text(parameter, require(parameter));
    }

    /// Null where the argument is missing or none.
    @Nullable MarkedText findText(int parameter) {
      Value value = values[parameter];
      return value == null || value instanceof Value.None ? null : text(parameter, value);
    }

    private MarkedText text(int parameter, Value value) {
      if (value instanceof Value.Text(MarkedText text)) {
        return text;
      }
      throw wrong(parameter, "a string", value);
    }

    /// A whole number; beyond an int it is the nearest int.
    int integer(int parameter, int otherwise) {
      Value value = values[parameter];
      if (value == null || value instanceof Value.None) {
        return otherwise;
      }
      BigInteger number = Operators.integer(value);
      if (number == null) {
        throw wrong(parameter, "an integer", value);
      }
      return number.bitLength() < 32
          ? number.intValue()
          : number.signum() < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
    }

    boolean flag(int parameter) {
      Value value = values[parameter];
      return value != null && Operators.truth(value);
    }

    private TemplateFailure wrong(int parameter, String wanted, Value value) {
      return Operators.undefinedOr(
          value,
          value,
          "'"
              + callee
              + "' needs "
              + wanted
              + " as '"
              + parameters[parameter]
              + "', not a "
              + Kinds.of(value));
    }
  }
}
