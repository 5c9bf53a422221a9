package dev.corral.cli;

import dev.corral.fit.Fit;
import dev.corral.fit.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Fits as people read them.
final class FitTables {
  private static final double GIB = 1L << 30;
  private static final double MIB = 1L << 20;

  private FitTables() {}

  /// Part by part, with verdict, reason and next step.
  static void one(Screen screen, Fit fit) {
    screen.print(screen.bold(fit.model()) + "  " + fit.architecture() + ", " + fit.fileType());
    screen.print(screen.dim(settings(fit)));
    if (fit.verdict() != Verdict.REFUSED) {
      screen.print("");
      parts(screen, fit);
    }
    screen.print("");
    screen.print(word(screen, fit.verdict()) + ": " + fit.reason());
    if (fit.missingBytes() > 0) {
      screen.print("Missing: " + bytes(fit.missingBytes()));
    }
    if (fit.next() != null) {
      screen.print("Next: " + fit.next());
    }
  }

  private static String settings(Fit fit) {
    String cache = fit.kvK().equals(fit.kvV()) ? fit.kvK() : fit.kvK() + "/" + fit.kvV();
    return "context "
        + fit.context()
        + ", "
        + (fit.parallel() == 1 ? "1 slot" : fit.parallel() + " slots")
        + (fit.unified() ? " with one cache" : "")
        + ", cache "
        + cache
        + ", flash attention "
        + fit.flashAttention()
        + ", steps of "
        + fit.ubatch()
        + ", placement "
        + fit.placement();
  }

  private static void parts(Screen screen, Fit fit) {
    List<String> head = new ArrayList<>(List.of("PART", "HOST"));
    int devices = fit.deviceBytes().size();
    for (int i = 0; i < devices; i++) {
      head.add("GPU " + i);
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("weights", fit.weights().host(), fit.weights().devices(), devices));
    rows.add(row("cache", fit.kv().host(), fit.kv().devices(), devices));
    rows.add(row("steps", fit.compute().host(), fit.compute().devices(), devices));
    rows.add(row("logits", fit.outputBytes(), List.of(), devices));
    rows.add(row("all", fit.hostBytes(), fit.deviceBytes(), devices));
    Fit.Measured measured = fit.measured();
    if (measured != null) {
      rows.add(row("by earlier loads", measured.hostBytes(), measured.deviceBytes(), devices));
    }
    screen.table(head, rows);
  }

  private static List<String> row(String name, long host, List<Long> devices, int columns) {
    List<String> cells = new ArrayList<>(List.of(name, bytes(host)));
    for (int i = 0; i < columns; i++) {
      cells.add(i < devices.size() ? bytes(devices.get(i)) : "-");
    }
    return cells;
  }

  /// One line for each combination.
  static void many(Screen screen, List<Fit> fits) {
    List<List<String>> rows = new ArrayList<>();
    for (Fit fit : fits) {
      String cache = fit.kvK().equals(fit.kvV()) ? fit.kvK() : fit.kvK() + "/" + fit.kvV();
      rows.add(
          List.of(
              Long.toString(fit.context()),
              Integer.toString(fit.parallel()),
              cache,
              Long.toString(fit.ubatch()),
              fit.flashAttention(),
              fit.placement(),
              bytes(fit.hostBytes()),
              fit.deviceBytes().isEmpty()
                  ? "-"
                  : String.join(" + ", fit.deviceBytes().stream().map(FitTables::bytes).toList()),
              bytes(fit.freeBytes()),
              word(screen, fit.verdict())));
    }
    screen.table(
        List.of(
            "CONTEXT",
            "SLOTS",
            "CACHE",
            "STEP",
            "FLASH",
            "PLACEMENT",
            "HOST",
            "GPU",
            "FREE",
            "VERDICT"),
        rows);
  }

  private static String word(Screen screen, Verdict verdict) {
    return switch (verdict) {
      case PERFECT, TIGHT -> screen.good(verdict.word());
      case PARTIAL -> screen.bold(verdict.word());
      case WONT, REFUSED -> screen.bad(verdict.word());
    };
  }

  static String bytes(long bytes) {
    if (bytes == 0) {
      return "-";
    }
    return bytes >= GIB
        ? String.format(Locale.ROOT, "%.2f GiB", bytes / GIB)
        : String.format(Locale.ROOT, "%.1f MiB", bytes / MIB);
  }
}
