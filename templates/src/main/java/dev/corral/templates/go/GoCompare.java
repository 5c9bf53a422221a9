package dev.corral.templates.go;

import dev.corral.templates.MarkedText;
import dev.corral.templates.TemplateFailure;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Equality and order: only within one type, as in Go.
final class GoCompare {
  private GoCompare() {}

  /// True where the first value equals any of the others.
  static boolean equal(List<GoValue> values) {
    GoValue first = values.getFirst();
    for (GoValue other : values.subList(1, values.size())) {
      if (equal(first, other)) {
        return true;
      }
    }
    return false;
  }

  private static boolean equal(GoValue a, GoValue b) {
    return switch (a) {
      case GoValue.Bool(boolean x) when b instanceof GoValue.Bool(boolean y) -> x == y;
      case GoValue.Int(long x) when b instanceof GoValue.Int(long y) -> x == y;
      case GoValue.Real(double x) when b instanceof GoValue.Real(double y) -> x == y;
      case GoValue.Text(MarkedText x) when b instanceof GoValue.Text(MarkedText y) -> x.equals(y);
      case GoValue.Struct x when b instanceof GoValue.Struct y && pointers(x, y) -> same(x, y);
      default -> {
        if (a instanceof GoValue.Nil || b instanceof GoValue.Nil) {
          yield nil(a) && nil(b);
        }
        throw incompatible(a, b);
      }
    };
  }

  /// Messages are equal where they are the same one.
  private static boolean pointers(GoValue.Struct a, GoValue.Struct b) {
    return a.type().startsWith("*") && a.type().equals(b.type());
  }

  @SuppressWarnings("ReferenceEquality") // that is what equal pointers are
  private static boolean same(GoValue.Struct a, GoValue.Struct b) {
    return a == b;
  }

  private static boolean nil(GoValue value) {
    return switch (value) {
      case GoValue.Nil _ -> true;
      case GoValue.Slice slice -> slice.nil();
      case GoValue.Dict dict -> dict.nil();
      default -> false;
    };
  }

  /// Negative, zero or positive.
  static int order(List<GoValue> two) {
    GoValue a = two.get(0);
    GoValue b = two.get(1);
    if (a instanceof GoValue.Int(long x) && b instanceof GoValue.Int(long y)) {
      return Long.compare(x, y);
    }
    if (a instanceof GoValue.Real(double x) && b instanceof GoValue.Real(double y)) {
      return x < y ? -1 : x == y ? 0 : 1;
    }
    if (a instanceof GoValue.Text(MarkedText x) && b instanceof GoValue.Text(MarkedText y)) {
      return Arrays.compareUnsigned(
          x.toString().getBytes(StandardCharsets.UTF_8),
          y.toString().getBytes(StandardCharsets.UTF_8));
    }
    throw incompatible(a, b);
  }

  private static TemplateFailure incompatible(GoValue a, GoValue b) {
    return new TemplateFailure(
        "incompatible types for comparison: " + GoValue.typeOf(a) + " and " + GoValue.typeOf(b));
  }
}
