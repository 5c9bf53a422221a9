package dev.corral.node;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.dialect.GoTexts;
import dev.corral.dialect.Unread;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How long a model stays loaded, as Ollama reads `keep_alive`: a number of seconds, or a duration
/// as Go writes it (`1h30m`); below zero for ever.
final class KeepAlive {
  static final Duration FOREVER = Duration.ofNanos(-1);

  private static final Pattern WHOLE =
      Pattern.compile("[+-]?((\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h))+");
  private static final Pattern PART = Pattern.compile("(\\d+\\.?\\d*|\\.\\d+)(\\D+)");
  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "μs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);
  private static final BigDecimal NANOS_OF_SECOND = BigDecimal.valueOf(1_000_000_000L);
  private static final BigDecimal LONGEST = BigDecimal.valueOf(Long.MAX_VALUE);

  private KeepAlive() {}

  /// @param given null where the request does not say
  /// @throws Unread with Go's words
  static @Nullable Duration of(@Nullable JsonNode given) {
    if (given == null) {
      return null;
    }
    if (given.isNumber()) {
      return nanos(given.decimalValue().multiply(NANOS_OF_SECOND));
    }
    if (given.isTextual()) {
      return parse(given.textValue());
    }
    String type =
        given.isBoolean() ? "bool" : given.isArray() ? "[]interface {}" : "map[string]interface {}";
    throw new Unread("Unsupported type: '" + type + "'");
  }

  private static Duration parse(String text) {
    if (text.equals("0") || text.equals("+0") || text.equals("-0")) {
      return Duration.ZERO;
    }
    if (!WHOLE.matcher(text).matches()) {
      boolean number = text.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)");
      throw new Unread(
          "time: "
              + (number ? "missing unit in duration " : "invalid duration ")
              + GoTexts.quoted(text));
    }
    BigDecimal sum = BigDecimal.ZERO;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      sum =
          sum.add(
              new BigDecimal(part.group(1))
                  .multiply(BigDecimal.valueOf(NANOS.getOrDefault(part.group(2), 0L))));
    }
    return nanos(text.startsWith("-") ? sum.negate() : sum);
  }

  private static Duration nanos(BigDecimal nanos) {
    if (nanos.signum() < 0 || nanos.compareTo(LONGEST) > 0) {
      return FOREVER;
    }
    return Duration.ofNanos(nanos.longValue());
  }
}
