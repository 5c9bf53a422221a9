package dev.corral.templates.jinja;

import dev.corral.templates.MarkedText;
import dev.corral.templates.Meter;
import dev.corral.templates.TemplateFailure;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Truth, equality, order and membership, as Python has them.
final class Operators {
  private Operators() {}

  static boolean truth(Value value) {
    return switch (value) {
      case Value.Text text -> text.length() > 0;
      case Value.Bool(boolean truth) -> truth;
      case Value.Int(BigInteger number) -> number.signum() != 0;
      case Value.Real(double number) -> number != 0;
      case Value.None _, Value.Undefined _ -> false;
      case Value.Items(Value.Items.Kind kind, List<Value> values) ->
          kind == Value.Items.Kind.STREAM || !values.isEmpty();
      case Value.Dict(Map<Value, Value> entries) -> !entries.isEmpty();
      case Value.Namespace _, Value.LoopVariable _, Value.Callable _ -> true;
    };
  }

  @SuppressWarnings("ReferenceEquality") // what has no content is equal to itself alone
  static boolean equal(Value a, Value b, Meter meter) {
    return switch (a) {
      case Value.Text(MarkedText text) ->
          b instanceof Value.Text(MarkedText other) && text.equals(other);
      case Value.Int _, Value.Real _, Value.Bool _ -> isNumber(b) && order(a, b, meter, "==") == 0;
      case Value.None _ -> b instanceof Value.None;
      case Value.Undefined _ -> b instanceof Value.Undefined;
      case Value.Items items ->
          b instanceof Value.Items other
              && items.kind() == other.kind()
              && same(items, other, meter);
      case Value.Dict(Map<Value, Value> entries) ->
          b instanceof Value.Dict(Map<Value, Value> others) && same(entries, others, meter);
      case Value.Namespace _, Value.LoopVariable _, Value.Callable _ -> a == b;
    };
  }

  private static boolean same(Value.Items a, Value.Items b, Meter meter) {
    meter.enter();
    boolean same = a.values().size() == b.values().size();
    for (int i = 0; same && i < a.values().size(); i++) {
      meter.step();
      same = equal(a.values().get(i), b.values().get(i), meter);
    }
    meter.leave();
    return same;
  }

  private static boolean same(Map<Value, Value> a, Map<Value, Value> b, Meter meter) {
    meter.enter();
    boolean same = a.size() == b.size();
    for (Map.Entry<Value, Value> entry : a.entrySet()) {
      meter.step();
      Value other = b.get(entry.getKey());
      same = same && other != null && equal(entry.getValue(), other, meter);
    }
    meter.leave();
    return same;
  }

  static boolean compare(String operator, Value a, Value b, Meter meter) {
    return switch (operator) {
      case "==" -> equal(a, b, meter);
      case "!=" -> !equal(a, b, meter);
      case "in" -> contains(b, a, meter);
      case "not in" -> !contains(b, a, meter);
      case "<" -> order(a, b, meter, operator) < 0;
      case "<=" -> ordered(a, b) && order(a, b, meter, operator) <= 0;
      case ">" -> ordered(a, b) && order(a, b, meter, operator) > 0;
      case ">=" -> ordered(a, b) && order(a, b, meter, operator) >= 0;
      default -> throw new TemplateFailure("unknown comparison " + operator);
    };
  }

  /// False where either is not a number by IEEE 754's meaning.
  private static boolean ordered(Value a, Value b) {
    return !(a instanceof Value.Real(double x) && Double.isNaN(x))
        && !(b instanceof Value.Real(double y) && Double.isNaN(y));
  }

  /// Negative, zero or positive.
  ///
  /// @throws TemplateFailure where Python has no order for the two
  static int order(Value a, Value b, Meter meter, String operator) {
    if (a instanceof Value.Text(MarkedText x) && b instanceof Value.Text(MarkedText y)) {
      return order(x.toString(), y.toString());
    }
    BigInteger i = integer(a);
    BigInteger j = integer(b);
    if (i != null && j != null) {
      return i.compareTo(j);
    }
    if (isNumber(a) && isNumber(b)) {
      double x = real(a);
      double y = real(b);
      return x < y ? -1 : x == y ? 0 : 1;
    }
    if (a instanceof Value.Items x && b instanceof Value.Items y && x.kind() == y.kind()) {
      return order(x.values(), y.values(), meter, operator);
    }
    throw undefinedOr(
        a,
        b,
        "'" + operator + "' does not work between a " + Kinds.of(a) + " and a " + Kinds.of(b));
  }

  private static int order(List<Value> a, List<Value> b, Meter meter, String operator) {
    meter.enter();
    int order = 0;
    for (int i = 0; order == 0 && i < Math.min(a.size(), b.size()); i++) {
      if (!equal(a.get(i), b.get(i), meter)) {
        order = order(a.get(i), b.get(i), meter, operator);
      }
    }
    meter.leave();
    return order != 0 ? order : Integer.compare(a.size(), b.size());
  }

  /// By code points; Java's own order is by UTF-16 units.
  private static int order(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean pairs = Character.isSurrogate(x) != Character.isSurrogate(y);
        return pairs ? (Character.isSurrogate(x) ? 1 : -1) : Character.compare(x, y);
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  static boolean contains(Value container, Value item, Meter meter) {
    return switch (container) {
      case Value.Text(MarkedText text) when item instanceof Value.Text(MarkedText part) ->
          Search.first(text.toString(), part.toString(), 0, meter) >= 0;
      case Value.Items items -> {
        boolean found = false;
        for (Value value : Sequences.values(items)) {
          meter.step();
          found = found || equal(value, item, meter);
        }
        yield found;
      }
      case Value.Dict(Map<Value, Value> entries) ->
          !(item instanceof Value.Undefined) && entries.containsKey(Sequences.key(item));
      case Value.Undefined _ -> false;
      default ->
          throw undefinedOr(
              item, item, "a " + Kinds.of(item) + " cannot be sought in a " + Kinds.of(container));
    };
  }

  static boolean isNumber(Value value) {
    return value instanceof Value.Real || integer(value) != null;
  }

  /// The whole number that a value is; true is one. Null for all others.
  static @Nullable BigInteger integer(Value value) {
    return switch (value) {
      case Value.Int(BigInteger number) -> number;
      case Value.Bool(boolean truth) -> truth ? BigInteger.ONE : BigInteger.ZERO;
      default -> null;
    };
  }

  static double real(Value value) {
    BigInteger integer = integer(value);
    return integer != null
        ? integer.doubleValue()
        : value instanceof Value.Real(double number) ? number : Double.NaN;
  }

  /// The failure for an operation, named by the missing value where one is missing.
  static TemplateFailure undefinedOr(Value a, Value b, String reason) {
    if (a instanceof Value.Undefined(String what)) {
      return new TemplateFailure("'" + what + "' is undefined");
    }
    if (b instanceof Value.Undefined(String what)) {
      return new TemplateFailure("'" + what + "' is undefined");
    }
    return new TemplateFailure(reason);
  }

  static List<Value> joined(List<Value> a, List<Value> b, Meter meter) {
    meter.entries((long) a.size() + b.size());
    List<Value> joined = new ArrayList<>(a.size() + b.size());
    joined.addAll(a);
    joined.addAll(b);
    return joined;
  }
}
