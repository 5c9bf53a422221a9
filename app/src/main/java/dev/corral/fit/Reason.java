package dev.corral.fit;

import java.util.List;

/// Why a verdict is as it is, in a sentence or two.
record Reason(
    Judge.Bench bench,
    FitSettings settings,
    Estimate estimate,
    Verdict verdict,
    Fit.Blocks blocks) {
  /// What a screen and a driver hold anyway is not worth a word.
  private static final long WORTH_SAYING = 512L << 20;

  String text() {
    return what() + held() + correction() + doubt();
  }

  private String what() {
    List<Long> devices = estimate.devices();
    if (bench.lacking(devices.size())) {
      return lacking(devices);
    }
    String need =
        devices.isEmpty()
            ? Text.bytes(estimate.host()) + " of RAM"
            : Text.bytes(sum(devices)) + " of GPU memory";
    String usable = Text.bytes(usable(devices.size()));
    return switch (verdict) {
      case PERFECT -> "Needs " + need + "; " + usable + " may be used, so there is headroom.";
      case TIGHT -> "Needs " + need + " and " + usable + " may be used: it works, little is left.";
      case PARTIAL -> partial(need, usable);
      case WONT ->
          estimate.host() > bench.machine().hostUsableBytes()
              ? "Needs "
                  + Text.bytes(estimate.host())
                  + " of RAM and only "
                  + Text.bytes(bench.machine().hostUsableBytes())
                  + " may be used."
              : "Needs " + need + " and only " + usable + " may be used.";
      case REFUSED -> "";
    };
  }

  private String lacking(List<Long> devices) {
    return "Needs "
        + Text.bytes(sum(devices))
        + (devices.size() == 1 ? " on a GPU" : " on " + devices.size() + " GPUs")
        + ", and "
        + (bench.gpus() == 0
            ? "no GPU that tells its memory is here."
            : "only " + bench.gpus() + " is here.");
  }

  private String partial(String need, String usable) {
    if (settings.placement() instanceof Placement.Gpu) {
      return "Needs "
          + need
          + " and only "
          + usable
          + " may be used: "
          + blocks.onDevice()
          + " of "
          + blocks.all()
          + " blocks would go to the GPU and the rest to the host, where it runs slowly.";
    }
    String host = Text.bytes(estimate.host());
    if (blocks.onDevice() == 0) {
      return "Only the output layer, which counts as one, on the GPU ("
          + need
          + " of "
          + usable
          + "), all blocks on the host ("
          + host
          + "): it runs slowly.";
    }
    return blocks.onDevice() == blocks.all()
        ? "Needs "
            + need
            + " and "
            + host
            + " of RAM: part of each step runs on the host, so it is slower."
        : blocks.onDevice()
            + " of "
            + blocks.all()
            + " blocks on the GPU ("
            + need
            + " of "
            + usable
            + "), the rest on the host ("
            + host
            + "): it runs slowly.";
  }

  private long usable(int devices) {
    return devices == 0
        ? bench.machine().hostUsableBytes()
        : bench.machine().gpus().stream().limit(devices).mapToLong(Hardware.Gpu::usableBytes).sum();
  }

  private static long sum(List<Long> bytes) {
    return bytes.stream().mapToLong(Long::longValue).sum();
  }

  /// What else occupies the devices.
  private String held() {
    long held =
        bench.machine().gpus().stream()
            .limit(estimate.devices().size())
            .mapToLong(Hardware.Gpu::heldBytes)
            .sum();
    return held < WORTH_SAYING
        ? ""
        : " Other programs and loaded models hold " + Text.bytes(held) + " there now.";
  }

  private String correction() {
    return bench
        .correction(estimate.devices().size())
        .map(one ->
            String.format(
                Text.ROOT,
                " Loads of this architecture here took %.0f %% of their estimate (%d compared).",
                100 * one.ratio(),
                one.loads()))
        .orElse("");
  }

  private String doubt() {
    Shape known = bench.shape();
    if (!known.known()) {
      return " The architecture '"
          + known.architecture()
          + "' is not known here: this is estimated from above.";
    }
    if (!bench.gguf().complete()) {
      return " Provisional: only a part of the header is known, this is estimated from above.";
    }
    return bench.gguf().sees()
        ? " With the part that sees or hears, and 1 GiB for its steps, which is from above."
        : "";
  }
}
