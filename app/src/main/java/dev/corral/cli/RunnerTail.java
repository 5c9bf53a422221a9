package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.StreamSupport;

/// What the runner of one model wrote, as the server keeps it. A runner that was started anew has a
/// log that begins anew.
final class RunnerTail {
  /// How often a server is asked for more.
  private static final long ASK_MILLIS = 1_000;

  private final Logs logs;
  private final String model;
  private long pid;
  private long seen;

  RunnerTail(Logs logs, String model) {
    this.logs = logs;
    this.model = model;
  }

  void show() {
    List<String> past = next();
    past.subList(Math.max(0, past.size() - logs.lines), past.size()).forEach(this::print);
    try {
      while (logs.follow && !logs.screen().out().checkError()) {
        Thread.sleep(ASK_MILLIS);
        next().forEach(this::print);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// The lines that were not told yet.
  private List<String> next() {
    JsonNode log = logs.server().get("/manage/runners/" + Server.encoded(model) + "/log");
    List<String> lines =
        StreamSupport.stream(log.path("lines").spliterator(), false).map(JsonNode::asText).toList();
    if (log.path("pid").asLong() != pid) {
      pid = log.path("pid").asLong();
      seen = 0;
    }
    long from = log.path("from").asLong();
    int known = (int) Math.clamp(seen - from, 0, lines.size());
    seen = from + lines.size();
    return lines.subList(known, lines.size());
  }

  private void print(String line) {
    logs.screen().print(line);
  }
}
