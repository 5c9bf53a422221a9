package dev.corral.templates.jinja;

import dev.corral.templates.MarkedText;
import dev.corral.templates.Meter;
import dev.corral.templates.Out;
import dev.corral.templates.TemplateFailure;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `+ - * / // % **` on numbers, text and lists, as Python has them. Whole numbers are as large as
/// they get, up to a limit that is checked before they are made.
final class Arithmetic {
  /// No template needs more than a few thousand digits.
  private static final long MAX_BITS = 16_384;

  private Arithmetic() {}

  static Value apply(String operator, Value a, Value b, Rendering rendering) {
    BigInteger i = Operators.integer(a);
    BigInteger j = Operators.integer(b);
    if (i != null && j != null) {
      return whole(operator, i, j);
    }
    if (Operators.isNumber(a) && Operators.isNumber(b)) {
      return new Value.Real(real(operator, Operators.real(a), Operators.real(b)));
    }
    if (operator.equals("%") && a instanceof Value.Text(MarkedText format)) {
      return PercentFormat.apply(format, b, rendering);
    }
    return switch (operator) {
      case "+" -> plus(a, b, rendering.meter);
      case "*" -> i != null ? times(b, i, a, rendering.meter) : times(a, j, b, rendering.meter);
      default -> throw mismatch(operator, a, b);
    };
  }

  private static Value whole(String operator, BigInteger a, BigInteger b) {
    return switch (operator) {
      case "+" -> bounded(a.add(b));
      case "-" -> bounded(a.subtract(b));
      case "*" -> {
        checkBits((long) a.bitLength() + b.bitLength());
        yield bounded(a.multiply(b));
      }
      case "/" -> new Value.Real(real("/", a.doubleValue(), b.doubleValue()));
      case "//" -> new Value.Int(floorDivide(a, b));
      case "%" -> new Value.Int(a.subtract(floorDivide(a, b).multiply(b)));
      case "**" -> power(a, b);
      default -> throw new TemplateFailure("unknown operator " + operator);
    };
  }

  private static BigInteger floorDivide(BigInteger a, BigInteger b) {
    if (b.signum() == 0) {
      throw new TemplateFailure("division by zero");
    }
    BigInteger[] parts = a.divideAndRemainder(b);
    boolean down = parts[1].signum() != 0 && parts[1].signum() != b.signum();
    return down ? parts[0].subtract(BigInteger.ONE) : parts[0];
  }

  private static Value power(BigInteger base, BigInteger exponent) {
    if (exponent.signum() < 0) {
      return new Value.Real(real("**", base.doubleValue(), exponent.doubleValue()));
    }
    if (base.abs().bitLength() <= 1 && exponent.signum() > 0) { // -1, 0 and 1 do not grow
      return new Value.Int(exponent.testBit(0) ? base : base.abs());
    }
    checkBits(exponent.bitLength() > 31 ? Long.MAX_VALUE : base.bitLength() * exponent.longValue());
    return new Value.Int(base.pow(exponent.intValue()));
  }

  private static Value bounded(BigInteger number) {
    checkBits(number.bitLength());
    return new Value.Int(number);
  }

  private static void checkBits(long bits) {
    if (bits > MAX_BITS) {
      throw new TemplateFailure("a number grows beyond " + MAX_BITS + " bits");
    }
  }

  private static double real(String operator, double a, double b) {
    if (b == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
      throw new TemplateFailure("division by zero");
    }
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "//" -> Math.floor(a / b);
      case "%" -> {
        double rest = a % b;
        yield rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
      }
      case "**" -> Math.pow(a, b);
      default -> throw new TemplateFailure("unknown operator " + operator);
    };
  }

  private static Value plus(Value a, Value b, Meter meter) {
    if (a instanceof Value.Text(MarkedText x) && b instanceof Value.Text(MarkedText y)) {
      meter.text((long) x.length() + y.length());
      return new Value.Text(x.concat(y));
    }
    if (a instanceof Value.Items x && b instanceof Value.Items y && x.kind() == y.kind()) {
      return new Value.Items(x.kind(), Operators.joined(x.values(), y.values(), meter));
    }
    throw mismatch("+", a, b);
  }

  private static Value times(Value repeated, @Nullable BigInteger times, Value by, Meter meter) {
    if (times == null) {
      throw mismatch("*", repeated, by);
    }
    long count =
        times.signum() < 0 ? 0 : times.bitLength() > 62 ? Long.MAX_VALUE : times.longValue();
    return switch (repeated) {
      case Value.Text(MarkedText text) -> Value.of(new Out(meter).repeat(text, count));
      case Value.Items(Value.Items.Kind kind, List<Value> values) -> {
        boolean tooMany = Math.multiplyHigh(values.size(), count) != 0;
        meter.entries(tooMany ? -1 : values.size() * count);
        List<Value> all = new ArrayList<>();
        for (long i = 0; i < count && !values.isEmpty(); i++) {
          all.addAll(values);
        }
        yield new Value.Items(kind, all);
      }
      default -> throw mismatch("*", repeated, by);
    };
  }

  static Value signed(Value operand, boolean negative) {
    BigInteger integer = Operators.integer(operand);
    if (integer != null) {
      return new Value.Int(negative ? integer.negate() : integer);
    }
    if (operand instanceof Value.Real(double number)) {
      return new Value.Real(negative ? -number : number);
    }
    throw Operators.undefinedOr(
        operand, operand, "a sign does not work before a " + Kinds.of(operand));
  }

  private static TemplateFailure mismatch(String operator, Value a, Value b) {
    return Operators.undefinedOr(
        a,
        b,
        "'" + operator + "' does not work between a " + Kinds.of(a) + " and a " + Kinds.of(b));
  }
}
