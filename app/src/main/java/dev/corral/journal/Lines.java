package dev.corral.journal;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.corral.exchange.ExchangeEvent;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// Entries as lines of JSON, collected until they are taken. No prompt, no answer and no key is in
/// an entry to begin with; names are what callers wrote, so they are masked, cut and escaped.
///
/// Put together by hand: every exchange of the program comes by here, and a generator would cost
/// more than all its other book-keeping.
final class Lines {
  /// A name that is longer says no more about what was asked.
  private static final int LONGEST_NAME = 200;

  /// Of a message, with the stack trace of whoever wrote it.
  private static final int LONGEST_TEXT = 8_000;

  /// Names repeat; so many are remembered as they are written.
  private static final int MOST_NAMES = 500;

  private static final int NANOS_PER_MICRO = 1_000;
  private static final int THOUSAND = 1_000;

  private final JsonStringEncoder escaping = JsonStringEncoder.getInstance();
  private final StringBuilder text = new StringBuilder(128 * 1024);
  private final Map<String, String> names = new HashMap<>();
  private long second = Long.MIN_VALUE;
  private String secondText = "";

  void add(Entry entry) {
    text.append('{');
    switch (entry) {
      case Entry.Exchanged exchanged -> exchange(exchanged.event());
      case Entry.Notice notice -> notice(notice);
    }
    text.append("}\n");
  }

  private void notice(Entry.Notice notice) {
    at(notice.at());
    word("level", notice.level().word());
    word("event", notice.kind());
    words("subject", cut(notice.subject(), LONGEST_NAME));
    word("state", notice.state());
    words("message", cut(Secrets.masked(notice.text()), LONGEST_TEXT));
  }

  private void exchange(ExchangeEvent event) {
    at(event.at());
    word("level", level(event).word());
    word("event", "exchange");
    word("id", event.id());
    word("route", event.route());
    name("caller", event.caller());
    name("asked", event.asked());
    name("model", event.model());
    name("backend", event.backend());
    number("status", event.status());
    word("outcome", event.outcome().word());
    number("attempts", event.attempts());
    key("streamed").append(event.streamed());
    number("requestBytes", event.requestBytes());
    number("responseBytes", event.responseBytes());
    millis("firstByteMillis", event.firstByteNanos());
    millis("totalMillis", event.totalNanos());
    number("promptTokens", event.promptTokens());
    number("answerTokens", event.answerTokens());
    key("tokensEstimated").append(event.tokensEstimated());
    thousandths("tokensPerSecond", Math.round(event.tokensPerSecond() * THOUSAND));
  }

  private static Entry.Level level(ExchangeEvent event) {
    return switch (event.outcome()) {
      case ANSWERED, REFUSED, CLIENT_LEFT -> Entry.Level.INFO;
      case BACKEND_FAILED, BROKEN -> Entry.Level.WARN;
    };
  }

  /// To the microsecond. Most lines of a moment share their second.
  private void at(Instant at) {
    if (at.getEpochSecond() != second) {
      second = at.getEpochSecond();
      String whole = Instant.ofEpochSecond(second).toString();
      secondText = whole.substring(0, whole.length() - 1);
    }
    text.append("\"at\":\"").append(secondText).append('.');
    int micros = at.getNano() / NANOS_PER_MICRO;
    threeDigits(micros / THOUSAND);
    threeDigits(micros % THOUSAND);
    text.append("Z\"");
  }

  private StringBuilder key(String key) {
    return text.append(",\"").append(key).append("\":");
  }

  /// A word of ours, which needs no escaping.
  private void word(String key, String word) {
    key(key).append('"').append(word).append('"');
  }

  private void words(String key, String words) {
    key(key).append('"');
    escaping.quoteAsString(words, text);
    text.append('"');
  }

  /// Keys do get pasted into the wrong field.
  private void name(String key, String name) {
    if (names.size() > MOST_NAMES) {
      names.clear();
    }
    String written =
        names.computeIfAbsent(
            cut(name, LONGEST_NAME),
            raw -> new String(escaping.quoteAsString(Secrets.masked(raw))));
    word(key, written);
  }

  private void number(String key, long number) {
    key(key).append(number);
  }

  /// To the microsecond; -1 stays -1.
  private void millis(String key, long nanos) {
    if (nanos < 0) {
      number(key, -1);
    } else {
      thousandths(key, nanos / NANOS_PER_MICRO);
    }
  }

  private void thousandths(String key, long thousandths) {
    key(key).append(thousandths / THOUSAND).append('.');
    threeDigits((int) (thousandths % THOUSAND));
  }

  private void threeDigits(int number) {
    text.append((char) ('0' + number / 100));
    text.append((char) ('0' + number / 10 % 10));
    text.append((char) ('0' + number % 10));
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "…";
  }

  /// Characters that were collected.
  int size() {
    return text.length();
  }

  /// What was collected; the next line begins anew.
  ByteBuffer take() {
    ByteBuffer taken = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
    text.setLength(0);
    return taken;
  }
}
