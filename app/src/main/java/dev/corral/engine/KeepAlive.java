package dev.corral.engine;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How long an idle runner stays, as Ollama writes it: `5m`, `1h30m`, `300` (seconds), `0` (unload
/// at once), and anything negative for ever. Source: `keep_alive` in reference/ollama.md section 2.
public final class KeepAlive {
  /// For ever.
  public static final Duration FOREVER = Duration.ofSeconds(-1);

  private static final Pattern SECONDS = Pattern.compile("-?\\d+(?:\\.\\d+)?");
  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|µs|ms|s|m|h|d)");
  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L,
          "d", 86_400_000_000_000L);

  /// Longer means for ever: beyond it no date can be written down.
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private KeepAlive() {}

  /// @throws IllegalArgumentException with the forms that are understood
  public static Duration parse(String text) {
    String bare = text.strip();
    if (SECONDS.matcher(bare).matches()) {
      return bounded(new BigDecimal(bare).multiply(BigDecimal.valueOf(1_000_000_000L)));
    }
    boolean negative = bare.startsWith("-");
    String rest = negative || bare.startsWith("+") ? bare.substring(1) : bare;
    Matcher part = PART.matcher(rest);
    BigDecimal nanos = BigDecimal.ZERO;
    int end = 0;
    while (part.find() && part.start() == end) {
      long unit = NANOS.getOrDefault(part.group(2), 0L);
      nanos = nanos.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unit)));
      end = part.end();
    }
    if (end == 0 || end < rest.length()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no time to keep a model; write for example 5m, 300, 0 or -1");
    }
    return bounded(negative ? nanos.negate() : nanos);
  }

  private static Duration bounded(BigDecimal nanos) {
    boolean forever =
        nanos.signum() < 0
            || nanos.compareTo(
                    BigDecimal.valueOf(LONGEST.toSeconds())
                        .multiply(BigDecimal.valueOf(1_000_000_000L)))
                > 0;
    return forever ? FOREVER : Duration.ofNanos(nanos.longValue());
  }
}
