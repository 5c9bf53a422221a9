package dev.corral.journal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import dev.corral.exchange.ExchangeEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/// Entries as lines of JSON, collected until they are taken. No prompt, no answer and no key is in
/// an entry to begin with; names are what callers wrote, so they are cut and escaped.
final class Lines {
  /// A name that is longer says no more about what was asked.
  private static final int LONGEST_NAME = 200;

  /// Of a message, with the stack trace of whoever wrote it.
  private static final int LONGEST_TEXT = 8_000;

  private final JsonFactory json =
      JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 * 1024);

  void add(Entry entry) {
    try (JsonGenerator line = json.createGenerator(bytes)) {
      line.setPrettyPrinter(new MinimalPrettyPrinter(""));
      line.writeStartObject();
      switch (entry) {
        case Entry.Exchanged exchanged -> exchange(line, exchanged.event());
        case Entry.Notice notice -> notice(line, notice);
      }
      line.writeEndObject();
      line.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail to be written", e);
    }
  }

  private static void notice(JsonGenerator line, Entry.Notice notice) throws IOException {
    line.writeStringField("at", notice.at().toString());
    line.writeStringField("level", notice.level().word());
    line.writeStringField("event", notice.kind());
    line.writeStringField("subject", cut(notice.subject(), LONGEST_NAME));
    line.writeStringField("state", notice.state());
    line.writeStringField("message", cut(Secrets.masked(notice.text()), LONGEST_TEXT));
  }

  private static void exchange(JsonGenerator line, ExchangeEvent event) throws IOException {
    line.writeStringField("at", event.at().toString());
    line.writeStringField("level", level(event).word());
    line.writeStringField("event", "exchange");
    line.writeStringField("id", event.id());
    line.writeStringField("route", event.route());
    line.writeStringField("caller", event.caller());
    line.writeStringField("asked", name(event.asked()));
    line.writeStringField("model", name(event.model()));
    line.writeStringField("backend", event.backend());
    line.writeNumberField("status", event.status());
    line.writeStringField("outcome", event.outcome().word());
    line.writeNumberField("attempts", event.attempts());
    line.writeBooleanField("streamed", event.streamed());
    line.writeNumberField("requestBytes", event.requestBytes());
    line.writeNumberField("responseBytes", event.responseBytes());
    line.writeNumberField("firstByteMillis", millis(event.firstByteNanos()));
    line.writeNumberField("totalMillis", millis(event.totalNanos()));
    line.writeNumberField("promptTokens", event.promptTokens());
    line.writeNumberField("answerTokens", event.answerTokens());
    line.writeBooleanField("tokensEstimated", event.tokensEstimated());
    line.writeNumberField("tokensPerSecond", Math.round(event.tokensPerSecond() * 10) / 10.0);
  }

  private static Entry.Level level(ExchangeEvent event) {
    return switch (event.outcome()) {
      case ANSWERED, REFUSED, CLIENT_LEFT -> Entry.Level.INFO;
      case BACKEND_FAILED, BROKEN -> Entry.Level.WARN;
    };
  }

  /// Keys do get pasted into the wrong field.
  private static String name(String name) {
    return name.isEmpty() ? name : cut(Secrets.masked(name), LONGEST_NAME);
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "…";
  }

  /// To the microsecond; -1 stays -1.
  private static double millis(long nanos) {
    return nanos < 0 ? -1 : Math.round(nanos / 1e3) / 1e3;
  }

  int size() {
    return bytes.size();
  }

  /// What was collected; the next line begins anew.
  ByteBuffer take() {
    ByteBuffer taken = ByteBuffer.wrap(bytes.toByteArray());
    bytes.reset();
    return taken;
  }
}
