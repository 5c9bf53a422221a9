package dev.corral.testkit;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as Go's `time.ParseDuration` reads them, errors included: `10m`, `-1m`, `1h30m`.
final class GoDuration {
  private static final Pattern PART = Pattern.compile("([0-9]*\\.?[0-9]+)(ns|us|µs|ms|s|m|h)?");

  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private GoDuration() {}

  /// @throws ApiError 400 with Go's text
  static Duration parse(String text) {
    boolean negative = text.startsWith("-");
    String rest = negative || text.startsWith("+") ? text.substring(1) : text;
    if (rest.equals("0")) {
      return Duration.ZERO;
    }
    Matcher part = PART.matcher(rest);
    long nanos = 0;
    int at = 0;
    while (part.find() && part.start() == at) {
      if (part.group(2) == null) {
        throw ApiError.early(400, "time: missing unit in duration \"" + text + "\"");
      }
      BigDecimal unit = BigDecimal.valueOf(NANOS.getOrDefault(part.group(2), 1L));
      nanos += new BigDecimal(part.group(1)).multiply(unit).longValue();
      at = part.end();
    }
    if (at == 0 || at < rest.length()) {
      throw ApiError.early(400, "time: invalid duration \"" + text + "\"");
    }
    return Duration.ofNanos(negative ? -nanos : nanos);
  }
}
