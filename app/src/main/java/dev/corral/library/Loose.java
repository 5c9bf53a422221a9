package dev.corral.library;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Values of a table that anybody may write: what is no number, time or list is none, and never a
/// failure.
final class Loose {
  /// Numbers of this size are milliseconds since 1970, smaller ones seconds.
  private static final double MILLIS_FROM = 1e11;

  /// The last second that PostgreSQL, SQLite and Java all can write: the end of the year 9999.
  private static final double LAST_SECOND = 253_402_300_799.0;

  private static final JsonMapper JSON = new JsonMapper();

  /// As `datetime('now')` of SQLite writes it, in UTC.
  private static final DateTimeFormatter WRITTEN =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

  private static final DateTimeFormatter SPACED =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral(' ')
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .toFormatter();

  private Loose() {}

  static @Nullable Double number(String text) {
    try {
      double number = text.isEmpty() ? Double.NaN : Double.parseDouble(text);
      return Double.isFinite(number) && number >= 0 ? number : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  static @Nullable Long whole(String text) {
    Double number = number(text);
    return number == null || number > Long.MAX_VALUE / 2.0 ? null : (Long) Math.round(number);
  }

  /// A JSON array of texts, or words with commas between them.
  static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    try {
      JsonNode tree = JSON.readTree(text.startsWith("[") ? text : "[]");
      tree.forEach(one -> words.add(one.asText("")));
    } catch (JsonProcessingException e) {
      words.clear();
    }
    if (words.isEmpty() && !text.startsWith("[") && !text.startsWith("{")) {
      words.addAll(List.of(text.split(",", -1)));
    }
    return words.stream().map(String::strip).filter(word -> !word.isEmpty()).toList();
  }

  /// What `datetime('now')` writes, ISO 8601 with or without a zone, a date, or seconds or
  /// milliseconds since 1970; without a zone it is UTC.
  static @Nullable Instant time(String text) {
    Double number = number(text);
    if (number != null) {
      double seconds = number >= MILLIS_FROM ? number / 1000 : number;
      return seconds <= LAST_SECOND ? Instant.ofEpochMilli(Math.round(seconds * 1000)) : null;
    }
    try {
      if (text.length() <= 10) {
        return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
      }
      if (text.charAt(10) == ' ') {
        return LocalDateTime.parse(text, SPACED).toInstant(ZoneOffset.UTC);
      }
      return text.matches(".*(Z|[+-]\\d\\d:?\\d\\d)")
          ? OffsetDateTime.parse(text).toInstant()
          : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      return null;
    }
  }

  static String written(Instant time) {
    return WRITTEN.format(time);
  }
}
