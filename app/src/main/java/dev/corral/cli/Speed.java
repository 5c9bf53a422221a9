package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The doctor's look at `slow`: is the model in memory, does it lie on the GPU, how did the last
/// answers go, is somebody missing.
final class Speed {
  /// A first token that takes longer than this feels broken.
  private static final double SLOW_FIRST_MILLIS = 5_000;

  /// Slower than people read.
  private static final double SLOW_TOKENS_PER_SECOND = 5;

  private final Verb verb;
  private final String model;
  private final List<Finding> findings = new ArrayList<>();

  /// @param model the slow one; empty for all
  Speed(Verb verb, String model) {
    this.verb = verb;
    this.model = model.toLowerCase(Locale.ROOT);
  }

  List<Finding> look() {
    try {
      memory();
      backends();
      lately();
    } catch (Failure failure) {
      findings.add(Finding.bad(failure.text(), Choice.next(failure)));
    }
    return findings;
  }

  private boolean meant(JsonNode of, String member) {
    return of.path(member).asText().toLowerCase(Locale.ROOT).startsWith(model);
  }

  private void memory() {
    boolean loaded = false;
    for (JsonNode one : verb.server().get("/api/ps").path("models")) {
      if (!meant(one, "name")) {
        continue;
      }
      loaded = true;
      long size = one.path("size").asLong();
      long onGpu = one.path("size_vram").asLong();
      String where = one.path("name").asText() + " is in memory, ";
      if (onGpu == 0 && nowhereElse(one.path("name").asText())) {
        findings.add(Finding.good(where + "on the CPU: this machine has no GPU that can be used"));
        continue;
      }
      findings.add(
          onGpu >= size
              ? Finding.good(where + "all of it on the GPU")
              : Finding.bad(
                  where + ModelVerbs.Loaded.processor(size, onGpu),
                  "Use a smaller quantization or context, or unload others (corral stop MODEL),"
                      + " so that all of it fits on the GPU."));
    }
    if (!loaded) {
      findings.add(
          Finding.good(
              (model.isEmpty() ? "no model" : "'" + model + "'")
                  + (model.isEmpty() ? " is" : " is not")
                  + " in memory, so the next question waits for loading"));
    }
  }

  /// True where only backends of this machine have it in memory, and it has no GPU.
  private boolean nowhereElse(String model) {
    if (verb.server().get("/api/system/gpu").path("available").asBoolean(true)) {
      return false;
    }
    for (JsonNode backend : verb.server().get("/manage/status").path("backends")) {
      String url = backend.path("url").asText();
      boolean here =
          url.contains("://127.") || url.contains("://localhost") || !url.contains("://");
      for (JsonNode loaded : backend.path("loaded")) {
        if (!here && loaded.asText().equals(model)) {
          return false;
        }
      }
    }
    return true;
  }

  private void backends() {
    JsonNode status = verb.server().get("/manage/status");
    for (JsonNode backend : status.path("backends")) {
      String state = backend.path("state").asText();
      if (state.equals("down") || state.equals("draining")) {
        findings.add(
            Finding.bad(
                "backend '"
                    + backend.path("name").asText()
                    + "' is "
                    + state
                    + "; others carry its"
                    + " share",
                "Look why: corral doctor cannot-connect"));
      }
    }
    findings.add(Finding.good(status.path("openExchanges").asInt() + " exchanges are open now"));
  }

  private void lately() {
    List<Double> first = new ArrayList<>();
    List<Double> speed = new ArrayList<>();
    for (JsonNode request : verb.server().get("/manage/requests")) {
      if (meant(request, "model") && request.path("outcome").asText().equals("answered")) {
        add(first, request.path("firstByteMillis").asDouble(-1));
        add(speed, request.path("tokensPerSecond").asDouble(0));
      }
    }
    if (!first.isEmpty()) {
      double middle = middle(first);
      String said =
          String.format(
              Locale.ROOT, "first bytes came after %.0f ms (median of %d)", middle, first.size());
      findings.add(
          middle < SLOW_FIRST_MILLIS
              ? Finding.good(said)
              : Finding.bad(
                  said, "Keep the model in memory (--keepalive -1), shorten the prompt."));
    }
    if (!speed.isEmpty()) {
      double middle = middle(speed);
      String said =
          String.format(Locale.ROOT, "%.1f tokens/s (median of %d)", middle, speed.size());
      findings.add(
          middle > SLOW_TOKENS_PER_SECOND
              ? Finding.good(said)
              : Finding.bad(said, "Use a smaller model or quantization, or a machine with a GPU."));
    }
  }

  private static void add(List<Double> to, double value) {
    if (value > 0) {
      to.add(value);
    }
  }

  private static double middle(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElse(0.0);
  }
}
