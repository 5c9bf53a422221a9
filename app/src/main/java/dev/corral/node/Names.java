package dev.corral.node;

import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.dialect.Fields;
import dev.corral.dialect.GoTexts;
import dev.corral.model.ModelName;
import java.io.IOException;
import java.util.List;

/// `/api/copy` and `/api/delete`: names come and go, blobs follow.
public final class Names {
  private final Store store;

  public Names(Store store) {
    this.store = store;
  }

  public List<Route> routes() {
    return List.of(
        new Route("POST", "/api/copy", this::copy),
        new Route("DELETE", "/api/delete", this::delete));
  }

  private void copy(Turn turn) throws IOException {
    Fields ask = turn.fields("CopyRequest");
    String source = ask.text("source");
    String destination = ask.text("destination");
    ModelName from = name("source", source);
    ModelName to = name("destination", destination);
    try {
      if (!store.copy(from, to)) {
        throw new Refused(404, "model " + GoTexts.quoted(source) + " not found");
      }
    } catch (StoreFailure e) {
      throw StoreWords.refused(e);
    }
    turn.empty(200);
  }

  private void delete(Turn turn) throws IOException {
    String asked = StoreWords.asked(turn.fields("DeleteRequest"));
    if (asked.isEmpty()) {
      throw new Refused(400, "model is required");
    }
    ModelName name = name("name", asked);
    try {
      if (!removed(name)) {
        throw new Refused(404, "model '" + asked + "' not found");
      }
    } catch (StoreFailure e) {
      throw StoreWords.refused(e);
    }
    turn.empty(200);
  }

  /// Through the trash; what is not in our own store is the store's to refuse.
  private boolean removed(ModelName name) throws StoreFailure {
    return (store.trash().on() && store.trash().take(name)) || store.delete(name);
  }

  private static ModelName name(String what, String asked) {
    return ModelName.parse(asked)
        .orElseThrow(() -> new Refused(400, what + " " + GoTexts.quoted(asked) + " is invalid"));
  }
}
