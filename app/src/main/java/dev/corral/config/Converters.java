package dev.corral.config;

import dev.corral.model.Bytes;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How the text of a value becomes a value of its type. A converter throws
/// [IllegalArgumentException] with a sentence that names what is allowed.
final class Converters {
  private static final Pattern DURATION = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m|h|d)");
  private static final Map<String, Duration> UNITS =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));

  /// Longer than any machine runs; beyond it arithmetic on nanoseconds would overflow.
  private static final Duration LONGEST = Duration.ofDays(100_000);

  private final Map<Class<?>, Function<String, ?>> byType;

  private Converters(Map<Class<?>, Function<String, ?>> byType) {
    this.byType = Map.copyOf(byType);
  }

  static Converters standard() {
    return new Converters(
        Map.of(
            String.class, (String text) -> text,
            int.class, Converters::integer,
            long.class, (String text) -> whole(text, Long.MIN_VALUE, Long.MAX_VALUE),
            double.class, Converters::number,
            boolean.class, Converters::truth,
            Duration.class, Converters::duration,
            Bytes.class, Bytes::parse));
  }

  Converters with(Class<?> type, Function<String, ?> converter) {
    Map<Class<?>, Function<String, ?>> more = new HashMap<>(byType);
    more.put(type, converter);
    return new Converters(more);
  }

  boolean knows(Class<?> type) {
    return byType.containsKey(type);
  }

  Object convert(Class<?> type, String text) {
    Function<String, ?> converter = byType.get(type);
    if (converter == null) {
      throw new IllegalStateException("No converter for " + type.getName());
    }
    return converter.apply(text);
  }

  /// A value as the file would have it, so that it can be read again.
  static String written(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case Duration duration -> written(duration);
      case Bytes bytes -> written(bytes);
      case Object other -> String.valueOf(other);
    };
  }

  private static Integer integer(String text) {
    return (int) whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private static long whole(String text, long least, long most) {
    try {
      long value = Long.parseLong(text.strip());
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is not a whole number", e);
    }
    throw new IllegalArgumentException("'" + text + "' is too large a number");
  }

  private static Double number(String text) {
    try {
      double value = Double.parseDouble(text.strip());
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is not a number", e);
    }
    throw new IllegalArgumentException("'" + text + "' is not a number");
  }

  private static Boolean truth(String text) {
    return switch (text.strip()) {
      case "true", "True", "TRUE" -> true;
      case "false", "False", "FALSE" -> false;
      default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
    };
  }

  /// Reads `30s`, `5m`, `1h30m`, `10ms`, `7d`, and a bare `0`.
  static Duration duration(String text) {
    String bare = text.replace(" ", "");
    if (bare.equals("0")) {
      return Duration.ZERO;
    }
    Matcher part = DURATION.matcher(bare);
    BigDecimal millis = BigDecimal.ZERO;
    int end = 0;
    while (part.find() && part.start() == end) {
      Duration unit = UNITS.getOrDefault(part.group(2), Duration.ZERO);
      millis = millis.add(new BigDecimal(part.group(1)).multiply(new BigDecimal(unit.toMillis())));
      end = part.end();
    }
    if (end == 0 || end < bare.length()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a duration; write for example 10ms, 30s, 5m or 24h");
    }
    if (millis.compareTo(new BigDecimal(LONGEST.toMillis())) > 0) {
      throw new IllegalArgumentException("'" + text + "' is longer than 100000d");
    }
    return Duration.ofMillis(millis.longValue());
  }

  private static String written(Duration duration) {
    long millis = duration.toMillis();
    for (String unit : new String[] {"h", "m", "s"}) {
      long size = UNITS.getOrDefault(unit, Duration.ofMillis(1)).toMillis();
      if (millis != 0 && millis % size == 0) {
        return millis / size + unit;
      }
    }
    return millis == 0 ? "0s" : millis + "ms";
  }

  private static String written(Bytes bytes) {
    String[] units = {"", "KiB", "MiB", "GiB", "TiB"};
    long count = bytes.count();
    int unit = 0;
    while (count != 0 && count % 1024 == 0 && unit < units.length - 1) {
      count /= 1024;
      unit++;
    }
    return count + units[unit];
  }
}
