package dev.corral.cli;

import dev.corral.api.PullView;
import dev.corral.model.Bytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One line for each job, on standard error: redrawn in place on a terminal, elsewhere a line at
/// each tenth and each turn.
final class PullBars implements AutoCloseable {
  private static final int BAR = 20;
  private static final int TENTH = 10;

  /// No line wrap while lines are drawn: the terminal cuts them, at whatever width it has by now.
  private static final String UNWRAPPED = "\u001b[?7l";

  private static final String WRAPPED = "\u001b[?7h";
  private static final String CLEAR = "\r\u001b[K";

  /// Where a line was cut, each further letter overwrote the last column; none of them stays.
  private static final String CUT = "\u001b[K\n";

  private final Screen screen;
  private final boolean quiet;
  private final Map<String, String> told = new HashMap<>();
  private List<String> drawn = List.of();

  /// @param quiet shows nothing at all
  PullBars(Screen screen, boolean quiet) {
    this.screen = screen;
    this.quiet = quiet;
  }

  void show(List<PullView> jobs) {
    if (quiet) {
      return;
    }
    int name = jobs.stream().mapToInt(job -> label(job).length()).max().orElse(0);
    if (screen.errTerminal()) {
      redraw(jobs.stream().map(job -> line(job, name, true)).toList());
    } else {
      jobs.forEach(job -> tell(job, name));
    }
  }

  private void redraw(List<String> lines) {
    if (lines.equals(drawn)) {
      return;
    }
    StringBuilder out = new StringBuilder(UNWRAPPED);
    if (!drawn.isEmpty()) {
      out.append("\u001b[").append(drawn.size()).append('A');
    }
    lines.forEach(line -> out.append(CLEAR).append(line).append(CUT));
    screen.err().print(out.append(WRAPPED));
    screen.err().flush();
    drawn = lines;
  }

  /// A log is no place for a bar.
  private void tell(PullView job, int name) {
    String stage = job.state() + (int) job.percent() / TENTH;
    if (!stage.equals(told.put(job.id(), stage)) && !job.state().equals("queued")) {
      screen.note(line(job, name, false));
    }
  }

  private static String label(PullView job) {
    return job.target().equals("own") ? job.model() : job.model() + " on " + job.target();
  }

  private static String line(PullView job, int name, boolean bar) {
    StringBuilder line = new StringBuilder(label(job));
    line.repeat(' ', name - line.length() + 1);
    int percent = (int) job.percent();
    if (job.bytesTotal() > 0) {
      line.append(String.format(Locale.ROOT, " %3d%%", percent));
      if (bar) {
        int full = percent * BAR / 100;
        line.append(" ▕").repeat('█', full).repeat(' ', BAR - full).append('▏');
      }
      line.append(' ').append(new Bytes(job.bytesDone()).human());
      line.append('/').append(new Bytes(job.bytesTotal()).human());
    }
    return line.append("  ").append(words(job)).toString();
  }

  private static String words(PullView job) {
    return switch (job.state()) {
      case "queued" -> job.error().isEmpty() ? "waits for its turn" : job.error();
      case "resolving" -> "asks the registry";
      case "stalled" -> "no byte comes; it goes on trying";
      case "verifying" -> "verifies";
      case "publishing" -> "writes the manifest";
      case "pulling" -> rate(job);
      default -> job.state();
    };
  }

  private static String rate(PullView job) {
    List<String> words = new ArrayList<>();
    if (job.bytesPerSecond() > 0) {
      words.add(new Bytes(job.bytesPerSecond()).human() + "/s");
    }
    Long least = job.etaSeconds();
    Long most = job.etaSecondsMost();
    if (least != null) {
      words.add(
          most == null || most.equals(least) ? time(least) : time(least) + " to " + time(most));
    }
    return String.join("  ", words);
  }

  static String time(long seconds) {
    Duration left = Duration.ofSeconds(seconds);
    if (left.toHours() > 0) {
      return left.toHours() + "h" + left.toMinutesPart() + "m";
    }
    return left.toMinutes() > 0
        ? left.toMinutes() + "m" + left.toSecondsPart() + "s"
        : left.toSeconds() + "s";
  }

  /// What stands there stays.
  @Override
  public void close() {
    drawn = List.of();
  }
}
