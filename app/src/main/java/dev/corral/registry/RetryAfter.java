package dev.corral.registry;

import dev.corral.outbound.Response;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How long a server wants to be left alone: `Retry-After` in seconds or as a date, or the
/// `RateLimit` header of Hugging Face.
public final class RetryAfter {
  /// Nobody is left alone for longer, whatever they ask for.
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(15);

  /// `RateLimit: "api";r=0;t=55` of Hugging Face: seconds until it starts anew.
  private static final Pattern RATE_LIMIT = Pattern.compile(".*\\bt=(\\d{1,6})\\b.*");

  private RetryAfter() {}

  /// Empty where the answer does not say.
  public static Optional<Duration> of(Response response, InstantSource clock) {
    Optional<Duration> wanted =
        response
            .header("retry-after")
            .flatMap(header -> read(header, clock))
            .or(() -> response.header("ratelimit").flatMap(RetryAfter::rateLimit));
    return wanted.map(time -> time.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : time);
  }

  private static Optional<Duration> rateLimit(String header) {
    Matcher matcher = RATE_LIMIT.matcher(header);
    return matcher.matches()
        ? Optional.of(Duration.ofSeconds(Long.parseLong(matcher.group(1))))
        : Optional.empty();
  }

  private static Optional<Duration> read(String header, InstantSource clock) {
    if (header.matches("\\d{1,9}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(header)));
    }
    try {
      ZonedDateTime date = ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME);
      Duration left = Duration.between(clock.instant(), date.toInstant());
      return Optional.of(left.isNegative() ? Duration.ZERO : left);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
