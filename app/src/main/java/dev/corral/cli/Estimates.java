package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.api.HardwareView;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The doctor's look at `fit-wrong`: what is not known of this machine's memory, how earlier loads
/// compared with what was estimated, and what a fit of the model is worth.
final class Estimates {
  /// Other programs, and what a driver keeps for itself, make as much.
  private static final double USUAL = 0.15;

  private final Verb verb;
  private final String model;
  private final List<Finding> findings = new ArrayList<>();

  /// @param model the one that was judged wrongly; empty for none in particular
  Estimates(Verb verb, String model) {
    this.verb = verb;
    this.model = model;
  }

  List<Finding> look() {
    try {
      HardwareView here = Json.as(verb.server().get("/manage/hardware"), HardwareView.class);
      here.gpus().forEach(this::told);
      here.loads().forEach(this::compared);
      if (here.loads().isEmpty()) {
        findings.add(Finding.good("no load was compared with its estimate yet"));
      }
      if (!model.isEmpty()) {
        judged();
      }
    } catch (Failure failure) {
      findings.add(Finding.bad(failure.text(), Choice.next(failure)));
    }
    return findings;
  }

  private void told(HardwareView.Gpu gpu) {
    if (gpu.totalBytes() == null || gpu.freeBytes() == null) {
      findings.add(
          Finding.bad(
              "nobody tells how much memory '" + gpu.name() + "' has or has free",
              "Say it: corral fit MODEL --vram 8GiB"));
    }
  }

  /// Estimates are lifted by what was measured, and never lowered.
  private void compared(HardwareView.Loads loads) {
    String words =
        String.format(
            Locale.ROOT,
            "models of %s took %.0f %% of their estimate on %s (%d compared)",
            loads.architecture(),
            100 * loads.ratio(),
            loads.driver(),
            loads.loads());
    String so =
        loads.ratio() > 1 + USUAL
            ? "; a fit counts with it now"
            : loads.ratio() < 1 - USUAL
                ? ": a fit is careful, and what just does not fit may be tried with corral pull"
                    + " MODEL --force"
                : "";
    findings.add(Finding.good(words + so));
  }

  private void judged() {
    JsonNode fit = verb.server().post("/manage/fit", Map.of("model", model));
    String words =
        "'" + model + "': " + fit.path("verdict").asText() + ". " + fit.path("reason").asText();
    findings.add(
        fit.path("exact").asBoolean()
            ? Finding.good(words)
            : Finding.bad(
                words + " This is no exact figure",
                "Load it once (corral run " + model + " Hi): its need is measured and counted."));
  }
}
