package dev.corral.revision;

import dev.corral.blobs.Links;
import dev.corral.blobs.Origin;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.StoredModel;
import dev.corral.model.ModelName;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Our own store. What lies in folders that are only read is never replaced by us, so it needs no
/// anchor.
public record OwnSite(Store store) implements Site {
  @Override
  public Optional<Held> held(ModelName name) {
    try {
      Optional<StoredModel> model =
          store.find(name).filter(one -> one.origin() == Origin.OWN && one.missing().isEmpty());
      Optional<byte[]> manifest = model.isEmpty() ? Optional.empty() : store.manifest(name);
      return manifest.map(bytes ->
          new Held(
              model.get().digest(),
              model.get().sizeBytes(),
              new String(bytes, StandardCharsets.UTF_8)));
    } catch (StoreFailure e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean copy(ModelName from, ModelName to) {
    try {
      return store.copy(from, to);
    } catch (StoreFailure e) {
      return false;
    }
  }

  @Override
  public boolean publish(ModelName name, String manifest) {
    try {
      StoredModel _ = store.publish(name, manifest.getBytes(StandardCharsets.UTF_8));
      return true;
    } catch (StoreFailure e) {
      return false;
    }
  }

  @Override
  public Optional<Links> links(String owner) {
    return Optional.of(store.links(owner));
  }

  @Override
  public boolean remove(ModelName name) {
    try {
      boolean _ = store.delete(name);
      return true;
    } catch (StoreFailure e) {
      return false;
    }
  }
}
