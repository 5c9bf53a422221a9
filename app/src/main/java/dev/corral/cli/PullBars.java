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

  /// Columns of what stands behind a name and its bar: percent, bytes, rate, time left.
  private static final int FIGURES = 45;

  /// Columns that a name keeps in the narrowest window.
  private static final int NAME = 14;

  private final Screen screen;
  private final boolean quiet;
  private final Map<String, String> told = new HashMap<>();
  private final Redrawn redrawn;

  /// @param quiet shows nothing at all
  PullBars(Screen screen, boolean quiet) {
    this.screen = screen;
    this.quiet = quiet;
    this.redrawn = new Redrawn(screen);
  }

  void show(List<PullView> jobs) {
    if (quiet) {
      return;
    }
    int longest = jobs.stream().mapToInt(job -> label(job).length()).max().orElse(0);
    if (screen.errTerminal()) {
      int columns = screen.size().get().columns();
      int name = columns == 0 ? longest : Math.min(longest, Math.max(NAME, columns - FIGURES));
      boolean bar = columns == 0 || name + BAR + FIGURES <= columns;
      redrawn.draw(jobs.stream().map(job -> line(job, name, bar)).toList());
    } else {
      jobs.forEach(job -> tell(job, longest));
    }
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
    String label = label(job);
    StringBuilder line = new StringBuilder(name);
    line.append(label.length() > name ? label.substring(0, name - 1) + "…" : label);
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
    redrawn.end();
  }
}
