package dev.corral.control;

import dev.corral.access.Route;
import dev.corral.api.DiskView;
import dev.corral.api.FitAsk;
import dev.corral.api.GpuView;
import dev.corral.api.HardwareView;
import dev.corral.assign.Assignments;
import dev.corral.door.Visit;
import dev.corral.fit.Fit;
import dev.corral.fit.FitGrid;
import dev.corral.fit.FitQuestion;
import dev.corral.fit.Hardware;
import dev.corral.fit.Here;
import dev.corral.gguf.Gguf;
import dev.corral.hardware.Gpu;
import dev.corral.hardware.Inventory;
import dev.corral.hardware.VramClass;
import dev.corral.model.ModelName;
import dev.corral.model.PastedName;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// `/manage/fit`, `/manage/hardware`, `/manage/disk` and `/api/system/gpu`.
public final class FitCalls implements CallGroup {
  private static final double GIB = 1L << 30;

  private final Here here;
  private final HeaderSearch headers;
  private final Supplier<Assignments> assignments;
  private final Supplier<Optional<DiskView>> disk;

  /// @param assignments what names mean now
  /// @param disk of our own store; empty where the system does not tell
  public FitCalls(
      Here here,
      HeaderSearch headers,
      Supplier<Assignments> assignments,
      Supplier<Optional<DiskView>> disk) {
    this.here = here;
    this.headers = headers;
    this.assignments = assignments;
    this.disk = disk;
  }

  @Override
  public Map<Route, Visit.Visitor> visitors() {
    return Map.of(
        Route.M_FIT, Calls.calling(this::fit),
        Route.M_HARDWARE, Calls.calling(this::hardware),
        Route.M_DISK, Calls.calling(this::disk),
        Route.SYSTEM_GPU, Calls.calling(this::gpu));
  }

  /// One object for one combination, an array for several.
  private Answer fit(Question question) {
    Fields fields = question.fields(FitAsk.class);
    ModelName name = name(meant(fields.text("model")));
    FitQuestion asked = asked(fields);
    return switch (headers.find(name)) {
      case HeaderSearch.Found.None(int status, String why, String next) ->
          Answer.no(status, why, next);
      case HeaderSearch.Found.Header(Gguf gguf) -> answer(name.shortName(), gguf, asked);
    };
  }

  /// What an alias stands for, and what callers get that name no model.
  private String meant(String text) {
    Assignments now = assignments.get();
    boolean nobody = text.equals("default") && !now.defaultModel().isEmpty();
    return nobody ? now.defaultModel() : now.alias(text).orElse(text);
  }

  private static ModelName name(String text) {
    return switch (PastedName.read(text)) {
      case PastedName.Meant meant -> meant.name();
      case PastedName.Wrong wrong -> throw new BadRequest(wrong.why(), wrong.next());
    };
  }

  private FitQuestion asked(Fields fields) {
    FitGrid grid =
        new FitGrid(
            fields.listOr("context", ""),
            fields.listOr("parallel", "1"),
            fields.listOr("kv", cache(fields)),
            fields.listOr("ubatch", "512"),
            fields.listOr("flashAttention", "auto"),
            fields.listOr("placement", "auto"),
            fields.flagOr("unified", false));
    try {
      FitQuestion question =
          FitQuestion.of(grid, fields.listOr("vram", ""), fields.textOr("formula", ""));
      grid.expand(1);
      return question;
    } catch (IllegalArgumentException e) {
      throw new BadRequest(String.valueOf(e.getMessage()), "See: GET /manage/openapi");
    }
  }

  /// Keys and values apart, as a fit tells them.
  private static String cache(Fields fields) {
    String keys = fields.textOr("kvK", "f16");
    String values = fields.textOr("kvV", "f16");
    return keys + "/" + values;
  }

  private Answer answer(String model, Gguf gguf, FitQuestion asked) {
    OptionalLong usual = OptionalLong.of(here.usual().context());
    List<Fit> fits =
        asked.answers(model, gguf, usual, () -> Hardware.of(here.inventory()), here.book());
    return Answer.of(fits.size() == 1 ? fits.getFirst() : fits);
  }

  private Answer hardware(Question question) {
    Inventory found = here.inventory();
    Hardware counted = Hardware.of(found);
    return Answer.of(
        new HardwareView(
            found.gpus().stream().map(FitCalls::view).toList(),
            new HardwareView.Host(
                found.host().totalBytes(),
                found.host().freeBytes(),
                counted.hostUsableBytes(),
                found.host().source()),
            VramClass.ALL.stream()
                .map(one -> new HardwareView.VramClass(one.name(), one.bytes(), one.cards()))
                .toList(),
            here.book().all().stream()
                .map(one ->
                    new HardwareView.Loads(
                        one.architecture(), one.driver(), one.ratio(), one.loads()))
                .toList(),
            found.at()));
  }

  private static HardwareView.Gpu view(Gpu gpu) {
    Optional<Hardware.Gpu> counted = Hardware.of(gpu);
    return new HardwareView.Gpu(
        gpu.id(),
        gpu.name(),
        gpu.vendor().name().toLowerCase(Locale.ROOT),
        orNull(gpu.totalBytes()),
        orNull(gpu.freeBytes()),
        counted.map(Hardware.Gpu::usableBytes).orElse(null),
        gpu.shared(),
        gpu.driver(),
        gpu.source(),
        VramClass.of(gpu.totalBytes().orElse(0)).map(VramClass::name).orElse(null));
  }

  private static @Nullable Long orNull(OptionalLong bytes) {
    return bytes.isPresent() ? Long.valueOf(bytes.getAsLong()) : null;
  }

  private Answer disk(Question question) {
    return disk.get()
        .<Answer>map(Answer::of)
        .orElseGet(() ->
            Answer.no(503, "The system does not tell about the store's disk", "Is it mounted?"));
  }

  private Answer gpu(Question question) {
    List<Gpu> gpus = here.inventory().gpus();
    long total = gpus.stream().mapToLong(gpu -> gpu.totalBytes().orElse(0)).sum();
    String source = gpus.stream().map(Gpu::source).distinct().collect(Collectors.joining(","));
    return Answer.of(
        new GpuView(
            !gpus.isEmpty(),
            gpus.stream()
                .map(gpu ->
                    new GpuView.Gpu(
                        gpu.name(),
                        gpu.vendor().name().toLowerCase(Locale.ROOT),
                        orNull(gpu.totalBytes()),
                        orNull(gpu.freeBytes()),
                        gpu.driver()))
                .toList(),
            Math.round(10 * total / GIB) / 10.0,
            source.isEmpty() ? "none" : source));
  }
}
