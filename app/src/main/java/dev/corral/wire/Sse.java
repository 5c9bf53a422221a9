package dev.corral.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.function.Consumer;

/// Splits a stream of Server-Sent Events into its events, wherever its pieces end (WHATWG HTML,
/// 9.2.6). Comments and unknown fields are passed over.
///
/// One instance per stream; not for several threads.
public final class Sse {
  /// @param event the event's type; empty where it has none
  /// @param data the lines of data, joined by line feeds
  public record Event(String event, String data) {}

  private final Lines lines;
  private final int longest;
  private final StringBuilder data = new StringBuilder();
  private String event = "";
  private boolean hasData;
  private boolean first = true;
  private boolean tooLong;

  /// @param longest the most bytes that a line, and the most characters that an event, may have
  public Sse(int longest) {
    this.lines = new Lines(longest);
    this.longest = longest;
  }

  /// @return false once an event is too long; then nothing more comes
  public boolean feed(byte[] bytes, int from, int length, Consumer<Event> to) {
    boolean good = lines.feed(bytes, from, length, (line, at, size) -> line(line, at, size, to));
    return good && !tooLong;
  }

  /// The end of the stream. An event that lacks its blank line is told all the same, since backends
  /// forget it behind their last one.
  public void finish(Consumer<Event> to) {
    lines.finish((line, at, size) -> line(line, at, size, to));
    dispatch(to);
  }

  private void line(byte[] bytes, int from, int length, Consumer<Event> to) {
    if (tooLong) {
      return;
    }
    if (length == 0) {
      dispatch(to);
      return;
    }
    String line = new String(bytes, from, length, UTF_8);
    if (first) {
      first = false;
      line = line.startsWith("\uFEFF") ? line.substring(1) : line;
    }
    int colon = line.indexOf(':');
    String field = colon < 0 ? line : line.substring(0, colon);
    String value = colon < 0 ? "" : line.substring(colon + 1);
    if (value.startsWith(" ")) {
      value = value.substring(1);
    }
    if (field.equals("event")) {
      event = value;
    } else if (field.equals("data")) {
      add(value);
    }
  }

  private void add(String value) {
    if (hasData) {
      data.append('\n');
    }
    hasData = true;
    data.append(value);
    tooLong = data.length() > longest;
  }

  private void dispatch(Consumer<Event> to) {
    if (hasData && !tooLong) {
      to.accept(new Event(event, data.toString()));
    }
    event = "";
    data.setLength(0);
    hasData = false;
  }
}
