package dev.corral.control;

import dev.corral.access.Route;
import dev.corral.access.Scope;
import dev.corral.api.Checked;
import dev.corral.api.Pruned;
import dev.corral.api.SizesView;
import dev.corral.api.Verification;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.door.Visit;
import dev.corral.fleet.FleetSnapshot;
import dev.corral.model.ModelName;
import dev.corral.revision.Anchor;
import dev.corral.revision.Kept;
import dev.corral.upkeep.Checkup;
import dev.corral.upkeep.PruneSettings;
import dev.corral.upkeep.Pruning;
import dev.corral.upkeep.Sizes;
import dev.corral.upkeep.Verified;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// `/manage/models/{name}/verify`, `/manage/prune`, `/manage/sizes` and `/manage/checks/check`.
public final class UpkeepCalls implements CallGroup {
  /// Small models are verified in this time; who asks about others looks again.
  private static final Duration WAIT = Duration.ofSeconds(30);

  private final Parts parts;

  public UpkeepCalls(Parts parts) {
    this.parts = parts;
  }

  /// What does the work.
  public record Parts(
      Store store,
      Supplier<FleetSnapshot> fleet,
      dev.corral.upkeep.Verification verification,
      Pruning pruning,
      Supplier<PruneSettings> prune,
      Sizes sizes,
      Checkup checkup) {}

  @Override
  public Map<Route, Visit.Visitor> visitors() {
    return Map.of(
        Route.M_MODEL_VERIFY, Calls.calling(this::verify),
        Route.M_PRUNE, Calls.calling(this::prune),
        Route.M_SIZES, Calls.calling(this::sizes),
        Route.M_CHECK, Calls.calling(this::check));
  }

  private Answer verify(Question question) {
    ModelName name = RemovalCalls.name(question.segment());
    if (question.method().equals("GET")) {
      return parts
          .verification()
          .find(name)
          .map(UpkeepCalls::answer)
          .orElseGet(() ->
              Answer.no(
                  404,
                  "'" + name.shortName() + "' has not been verified since the start",
                  "Begin with: corral verify " + name.shortName()));
    }
    Fields fields = question.fields(Verification.Ask.class);
    boolean repair = fields.flagOr("repair", false);
    Optional<Answer> no = elsewhere(name);
    if (no.isPresent()) {
      return no.get();
    }
    Verified begun = parts.verification().begin(name, repair);
    return answer(
        question.parameter("wait").orElse("true").equals("true")
            ? parts.verification().await(name, WAIT).orElse(begun)
            : begun);
  }

  private static Answer answer(Verified verified) {
    return new Answer.Json(verified.ended() ? 200 : 202, view(verified), Map.of());
  }

  /// Only what lies in a folder of this machine can be looked into. A damaged manifest can.
  private Optional<Answer> elsewhere(ModelName name) {
    try {
      if (parts.store().manifest(name).isPresent()) {
        return Optional.empty();
      }
    } catch (StoreFailure e) {
      return Optional.of(RemovalCalls.no(e));
    }
    return Optional.of(
        parts.fleet().get().backends().stream()
            .filter(backend -> backend.holds(name.shortName()))
            .findFirst()
            .map(backend ->
                Answer.no(
                    409,
                    "'"
                        + name.shortName()
                        + "' lies on '"
                        + backend.name()
                        + "', whose files Corral cannot read",
                    "Its node verifies it when it is pulled again: corral pull "
                        + name.shortName()
                        + " --on "
                        + backend.name()))
            .orElseGet(() ->
                Answer.no(
                    404,
                    "model '" + name.shortName() + "' not found",
                    "What there is: corral list")));
  }

  private static Verification view(Verified one) {
    double percent =
        one.bytesTotal() == 0 ? 0 : Math.floor(1000.0 * one.bytesDone() / one.bytesTotal()) / 10;
    return new Verification(
        one.name().shortName(),
        one.stage(),
        one.whole(),
        one.bytesDone(),
        one.bytesTotal(),
        percent,
        one.parts().stream()
            .map(part ->
                new Verification.Part(
                    part.digest().toString(),
                    part.mediaType(),
                    part.size(),
                    part.state().word(),
                    part.fetched(),
                    part.problem()))
            .toList(),
        one.problem(),
        one.startedAt(),
        one.endedAt().orElse(null));
  }

  private Answer prune(Question question) {
    Fields fields = question.fields(Pruned.Ask.class);
    String given = fields.textOr("unusedFor", "");
    boolean dryRun = fields.flagOr("dryRun", false);
    PruneSettings settings = parts.prune().get();
    try {
      Optional<Duration> span =
          given.isEmpty() ? settings.unused() : Optional.of(PruneSettings.span(given));
      long free = given.isEmpty() ? settings.free() : 0;
      Pruning.Pruned gone = parts.pruning().prune(new Pruning.Wanted(span, free, !dryRun));
      return Answer.of(view(gone, dryRun));
    } catch (IllegalArgumentException e) {
      return Answer.no(400, String.valueOf(e.getMessage()), "");
    } catch (StoreFailure e) {
      return RemovalCalls.no(e);
    }
  }

  private static Pruned view(Pruning.Pruned gone, boolean dryRun) {
    return new Pruned(
        dryRun,
        gone.models().stream()
            .map(one -> new Pruned.Model(one.name().shortName(), one.unusedSince(), one.bytes()))
            .toList(),
        gone.models().stream().mapToLong(Pruning.Gone::bytes).sum(),
        gone.orphans().blobs(),
        gone.orphans().bytes());
  }

  /// Where things lie on the disk is for those who may everything.
  private Answer sizes(Question question) {
    boolean paths = RemovalCalls.flag(question, "paths");
    boolean all = question.visit().scopes().contains(Scope.ADMIN);
    if (paths && !all) {
      return Answer.no(
          403, "Paths of the server's disk need a key with scope admin", "Leave out: paths=true");
    }
    try {
      Sizes.All found = parts.sizes().all();
      return Answer.of(
          new SizesView(
              all ? found.folder().toString() : null,
              found.space().totalBytes(),
              found.space().freeBytes(),
              found.space().reserveBytes(),
              found.trashBytes(),
              found.anchorBytes(),
              found.lines().stream().map(line -> view(line, paths)).toList(),
              found.anchors().stream().map(UpkeepCalls::view).toList()));
    } catch (StoreFailure e) {
      return RemovalCalls.no(e);
    }
  }

  private static SizesView.Anchor view(Kept kept) {
    Anchor anchor = kept.anchor();
    OptionalLong alone = kept.aloneBytes();
    return new SizesView.Anchor(
        anchor.model().shortName(),
        anchor.target(),
        anchor.digest().hex(),
        anchor.bytes(),
        alone.isPresent() ? alone.getAsLong() : null,
        kept.holding().name().toLowerCase(Locale.ROOT),
        anchor.madeAt());
  }

  private static SizesView.Model view(Sizes.Line line, boolean paths) {
    return new SizesView.Model(
        line.name().shortName(),
        line.where(),
        line.sizeBytes(),
        line.aloneBytes(),
        line.sharesWith().stream().map(ModelName::shortName).toList(),
        line.assignedAs(),
        line.isProtected(),
        paths ? line.files().stream().map(Path::toString).toList() : List.of());
  }

  private Answer check(Question question) {
    List<Checkup.Line> lines = parts.checkup().check();
    return Answer.of(
        new Checked(
            lines.stream().allMatch(Checkup.Line::good),
            lines.stream()
                .map(line ->
                    new Checked.Model(
                        line.name().shortName(),
                        line.as(),
                        line.on(),
                        line.here(),
                        line.whole(),
                        line.answers(),
                        line.problem()))
                .toList()));
  }
}
