package dev.corral.fit;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.corral.gguf.FileType;
import dev.corral.gguf.Gguf;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How much memory a model needs with some settings, and whether a machine has it. One of these is
/// one line of `corral fit` and one object of `POST /manage/fit`; bytes everywhere.
///
/// @param model as it was asked for
/// @param exact the whole header was read, its architecture's rules are known, and it has no part
///   that sees or hears; else the figures err upwards
/// @param outputBytes rows of logits, on the host
/// @param hostBytes everything on the host
/// @param deviceBytes everything, by GPU
/// @param freeBytes of the devices in question, as their drivers tell; of the host where there are
///   none
/// @param missingBytes how much more would be needed for the verdict to be `tight`; 0 where it is,
///   or is better
/// @param measured the same by our own record of earlier loads; not told where there is none
/// @param reason a sentence
/// @param next what would make it fit, or fit better; null where nothing needs to
public record Fit(
    String model,
    String architecture,
    String fileType,
    long context,
    int parallel,
    boolean unified,
    String flashAttention,
    String kvK,
    String kvV,
    long ubatch,
    String placement,
    boolean exact,
    Part weights,
    Part kv,
    Part compute,
    long outputBytes,
    long hostBytes,
    List<Long> deviceBytes,
    Verdict verdict,
    Blocks blocks,
    long freeBytes,
    long missingBytes,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Measured measured,
    String reason,
    @Nullable String next) {

  public Fit {
    deviceBytes = List.copyOf(deviceBytes);
  }

  /// Bytes of one kind, by place.
  public record Part(long host, List<Long> devices) {
    public Part {
      devices = List.copyOf(devices);
    }

    static final Part NONE = new Part(0, List.of());
  }

  /// The estimate as earlier loads correct it.
  ///
  /// @param ratio what was measured by what was estimated
  /// @param loads how many were compared
  /// @param hostBytes everything on the host
  /// @param deviceBytes everything, by GPU
  public record Measured(double ratio, int loads, long hostBytes, List<Long> deviceBytes) {
    public Measured {
      deviceBytes = List.copyOf(deviceBytes);
    }
  }

  /// @param onDevice blocks that compute on a GPU
  public record Blocks(int onDevice, int all) {}

  /// The fit of one model with one combination of settings on one machine.
  public static Fit of(String model, Gguf gguf, FitSettings settings, Hardware hardware) {
    return of(model, gguf, settings, hardware, Correction.Book.EMPTY);
  }

  /// @param book our own record of earlier loads
  public static Fit of(
      String model, Gguf gguf, FitSettings settings, Hardware hardware, Correction.Book book) {
    return new Judge(model, gguf, hardware, book).judge(settings);
  }

  /// The rule of thumb that older tools use; shown beside the figures only where it is asked for.
  /// Knows no architecture, so it is off by up to 80 %.
  ///
  /// @param fileBytes size of the model's file
  public static long classicBytes(long fileBytes, long context) {
    return fileBytes + Classic.cache(context) + Classic.rest(fileBytes);
  }

  static Fit refused(String model, Gguf gguf, FitSettings settings, String reason, String next) {
    return build(
        model,
        gguf,
        settings,
        false,
        null,
        Verdict.REFUSED,
        new Blocks(0, 0),
        0,
        0,
        null,
        reason,
        next);
  }

  static Fit build(
      String model,
      Gguf gguf,
      FitSettings settings,
      boolean exact,
      @Nullable Estimate estimate,
      Verdict verdict,
      Blocks blocks,
      long free,
      long missing,
      @Nullable Measured measured,
      String reason,
      @Nullable String next) {
    return new Fit(
        model,
        gguf.architecture().orElse("unknown"),
        FileType.of(gguf),
        settings.context(),
        settings.parallel(),
        settings.unified(),
        settings.flashAttention().text(),
        settings.kvK().name().toLowerCase(Locale.ROOT),
        settings.kvV().name().toLowerCase(Locale.ROOT),
        settings.ubatch(),
        settings.placement().text(),
        exact,
        estimate == null ? Part.NONE : Estimate.part(estimate.weights()),
        estimate == null ? Part.NONE : Estimate.part(estimate.cache()),
        estimate == null ? Part.NONE : Estimate.part(estimate.compute()),
        estimate == null ? 0 : estimate.output(),
        estimate == null ? 0 : estimate.host(),
        estimate == null ? List.of() : estimate.devices(),
        verdict,
        blocks,
        free,
        missing,
        measured,
        reason,
        next);
  }
}
