package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/// Prints one streamed answer as it comes, from `/api/chat` or `/api/generate`, and keeps its text.
final class Answer implements Consumer<JsonNode> {
  private final Screen screen;
  private final Consumer<String> sink;
  private final boolean showThinking;
  private final WordWrap wrap;
  private final StringBuilder text = new StringBuilder();
  private boolean thinking;
  private JsonNode end = Json.object();

  /// @param sink where the text goes; flushed by the sink itself
  /// @param showThinking also print what the model thinks before it answers
  /// @param columns between which words are kept whole; 0 for no breaking
  Answer(Screen screen, Consumer<String> sink, boolean showThinking, IntSupplier columns) {
    this.screen = screen;
    this.sink = sink;
    this.showThinking = showThinking;
    this.wrap = new WordWrap(columns);
  }

  @Override
  public void accept(JsonNode event) {
    JsonNode message = event.has("message") ? event.path("message") : event;
    String thought = message.path("thinking").asText("");
    String content = message.path(event.has("message") ? "content" : "response").asText("");
    if (!thought.isEmpty() && showThinking) {
      if (!thinking) {
        sink.accept(screen.dim("Thinking...") + "\n");
        thinking = true;
      }
      sink.accept(screen.dim(wrap.wrapped(harmless(thought))));
    }
    if (!content.isEmpty()) {
      endThinking();
      text.append(content);
      sink.accept(wrap.wrapped(harmless(content)));
    }
    if (event.path("done").asBoolean(false)) {
      endThinking();
      end = event;
    }
  }

  private void endThinking() {
    if (thinking) {
      sink.accept(wrap.wrapped("\n") + screen.dim("...done thinking.") + "\n\n");
      thinking = false;
    }
  }

  /// A model's words may not steer the terminal: escapes and other controls are dropped there.
  private String harmless(String words) {
    if (!screen.outTerminal()) {
      return words;
    }
    return words.replaceAll("[\\p{Cc}&&[^\n\t]]", "");
  }

  /// True once the server said that the answer is whole.
  boolean whole() {
    return end.path("done").asBoolean(false);
  }

  String text() {
    return text.toString();
  }

  /// The timings of the last event, line by line, as Ollama prints them.
  List<String> timings() {
    List<String> lines = new ArrayList<>();
    duration(lines, "total duration:", "total_duration");
    duration(lines, "load duration:", "load_duration");
    counted(lines, "prompt eval");
    counted(lines, "eval");
    return lines;
  }

  private void counted(List<String> lines, String what) {
    String field = what.replace(' ', '_');
    long count = end.path(field + "_count").asLong(0);
    if (count <= 0) {
      return;
    }
    lines.add(row(what + " count:", count + " token(s)"));
    duration(lines, what + " duration:", field + "_duration");
    double seconds = end.path(field + "_duration").asLong(0) / 1e9;
    if (seconds > 0) {
      lines.add(row(what + " rate:", String.format(Locale.ROOT, "%.2f tokens/s", count / seconds)));
    }
  }

  private void duration(List<String> lines, String label, String field) {
    long nanos = end.path(field).asLong(0);
    if (nanos > 0) {
      lines.add(row(label, spoken(Duration.ofNanos(nanos))));
    }
  }

  private static String row(String label, String value) {
    return String.format(Locale.ROOT, "%-21s %s", label, value);
  }

  private static String spoken(Duration span) {
    double seconds = span.toNanos() / 1e9;
    if (span.toMinutes() > 0) {
      return span.toMinutes() + "m" + span.toSecondsPart() + "s";
    }
    return seconds >= 1
        ? String.format(Locale.ROOT, "%.3fs", seconds)
        : String.format(Locale.ROOT, "%.3fms", seconds * 1000);
  }
}
