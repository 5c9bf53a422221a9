package dev.corral.control;

import dev.corral.access.Route;
import dev.corral.api.Removed;
import dev.corral.api.Trashed;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.Trash;
import dev.corral.door.Visit;
import dev.corral.model.ModelName;
import dev.corral.upkeep.Removal;
import dev.corral.upkeep.Use;
import java.util.Map;
import java.util.function.Consumer;

/// `DELETE /manage/models/{name}` and `/manage/trash`.
public final class RemovalCalls implements CallGroup {
  private final Removal removal;
  private final Trash trash;
  private final Consumer<ModelName> back;

  /// @param back is told of a model that came back
  public RemovalCalls(Removal removal, Trash trash, Consumer<ModelName> back) {
    this.removal = removal;
    this.trash = trash;
    this.back = back;
  }

  @Override
  public Map<Route, Visit.Visitor> visitors() {
    return Map.of(
        Route.M_MODEL_DELETE, Calls.calling(this::remove),
        Route.M_TRASH, Calls.calling(this::trash));
  }

  private Answer remove(Question question) {
    boolean weights = flag(question, "weights");
    Removal.Wanted wanted =
        new Removal.Wanted(
            name(question.segment()),
            weights,
            flag(question, "now"),
            flag(question, "force"),
            !flag(question, "dry-run"));
    return switch (removal.remove(wanted)) {
      case Removal.Outcome.Done done -> Answer.of(view(done, weights));
      case Removal.Outcome.No no -> Answer.no(status(no.kind()), no.why(), no.next());
    };
  }

  private static int status(Removal.Why why) {
    return switch (why) {
      case PROTECTED, READ_ONLY -> 403;
      case IN_USE -> 409;
      case UNKNOWN -> 404;
      case FAILED -> 502;
    };
  }

  private static Removed view(Removal.Outcome.Done done, boolean weights) {
    return new Removed(
        done.name().shortName(),
        weights,
        !done.really(),
        done.places().stream()
            .map(place ->
                new Removed.Place(
                    place.backend(), place.trash(), place.bytesNow(), place.bytesLater()))
            .toList(),
        done.uses().stream().map(Use::text).toList(),
        done.places().stream().mapToLong(Removal.Place::bytesNow).sum(),
        done.places().stream().mapToLong(Removal.Place::bytesLater).sum(),
        done.goesAt().orElse(null));
  }

  static boolean flag(Question question, String name) {
    return switch (question.parameter(name).orElse("false")) {
      case "true", "" -> true;
      case "false" -> false;
      default -> throw new BadRequest("'" + name + "' is true or false", "");
    };
  }

  static ModelName name(String text) {
    return ModelName.parse(text)
        .orElseThrow(
            () -> new BadRequest("'" + text + "' is not a model's name", "Write it as model:tag."));
  }

  private Answer trash(Question question) {
    try {
      return switch (question.method()) {
        case "POST" -> restored(question.fields(Trashed.Restore.class).text("model"));
        case "DELETE" -> emptied();
        default -> Answer.of(trash.items().stream().map(RemovalCalls::view).toList());
      };
    } catch (StoreFailure e) {
      return no(e);
    }
  }

  /// The store's no. What a caller can mend is a 409, a full disk 507.
  static Answer no(StoreFailure failure) {
    int status =
        switch (failure.kind()) {
          case READ_ONLY -> 403;
          case BUSY -> 503;
          case NO_ROOM -> 507;
          case MISMATCH, DAMAGED, MISSING_BLOB -> 409;
          case DISK -> 500;
        };
    return Answer.no(status, failure.text(), "");
  }

  private static Trashed view(Trash.Item item) {
    return new Trashed(
        item.id(),
        item.name().shortName(),
        item.digest().hex(),
        item.deletedAt(),
        item.goesAt(),
        item.sizeBytes(),
        item.freesBytes());
  }

  private Answer restored(String nameOrId) throws StoreFailure {
    return switch (trash.restore(nameOrId)) {
      case Trash.Restored.Back one -> {
        back.accept(one.name());
        yield Answer.of(new Trashed.Restored(one.name().shortName()));
      }
      case Trash.Restored.Taken taken ->
          Answer.no(
              409,
              "Another model is called '" + taken.name().shortName() + "' now",
              "Move it out of the way first: corral cp, or: corral rm " + taken.name().shortName());
      case Trash.Restored.Unknown _ ->
          Answer.no(
              404,
              "'" + nameOrId + "' is not in the trash",
              "What is: corral trash list; fetch it again: corral pull " + nameOrId);
    };
  }

  private Answer emptied() throws StoreFailure {
    Trash.Emptied emptied = trash.empty();
    return Answer.of(
        new Trashed.Emptied(
            emptied.names().stream().map(ModelName::shortName).toList(), emptied.freedBytes()));
  }
}
