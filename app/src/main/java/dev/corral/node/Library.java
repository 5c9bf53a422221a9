package dev.corral.node;

import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.StoredModel;
import dev.corral.model.Digest;
import dev.corral.model.ModelName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The models of the store as answers need them. What a manifest's digest stands for never changes,
/// so a file's header is read and a template compiled once for each. Threads share it.
public final class Library {
  private static final int REMEMBERED = 64;

  private final Store store;
  private final Map<Digest, Known> known =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Digest, Known> eldest) {
              return size() > REMEMBERED;
            }
          });

  public Library(Store store) {
    this.store = store;
  }

  public Store store() {
    return store;
  }

  /// The model of a name, found without regard to case.
  ///
  /// @throws Refused 500 where it is there and damaged
  public Optional<Known> find(ModelName name) {
    try {
      return store.find(name).map(this::understand);
    } catch (StoreFailure e) {
      throw new Refused(500, e.text());
    }
  }

  /// A model that was found already, understood.
  public Known understand(StoredModel stored) {
    Known before = known.get(stored.digest());
    if (before != null) {
      return before.as(stored);
    }
    Known fresh = new Known(stored, facts(stored));
    if (stored.whole()) {
      known.put(stored.digest(), fresh);
    }
    return fresh;
  }

  private static FileFacts facts(StoredModel stored) {
    Optional<Path> weights = stored.weights();
    if (weights.isEmpty()) {
      return FileFacts.NONE;
    }
    try {
      return FileFacts.read(weights.get());
    } catch (IOException e) {
      return FileFacts.NONE;
    }
  }
}
