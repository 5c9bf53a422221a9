package dev.corral;

import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.StoredModel;
import dev.corral.control.HeaderSearch;
import dev.corral.fleet.Backend;
import dev.corral.fleet.Fleet;
import dev.corral.gguf.FileBytes;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufReader;
import dev.corral.gguf.ReadSettings;
import dev.corral.gguf.Reading;
import dev.corral.model.ModelName;
import dev.corral.upstream.Upstream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Where the header of a model is found: in a store that is readable here, else what a node tells.
final class HeaderFinder implements HeaderSearch {
  private final Store store;
  private final Fleet fleet;
  private final Upstream upstream;

  HeaderFinder(Store store, Fleet fleet, Upstream upstream) {
    this.store = store;
    this.fleet = fleet;
    this.upstream = upstream;
  }

  @Override
  public Found find(ModelName name) {
    Optional<Path> weights = weights(name);
    if (weights.isPresent()) {
      return read(name, weights.get());
    }
    return shown(name)
        .<Found>map(Found.Header::new)
        .orElseGet(() ->
            new Found.None(
                404,
                "model '" + name.shortName() + "' not found",
                "Pull it: corral pull " + name.shortName()));
  }

  private Optional<Path> weights(ModelName name) {
    try {
      return store.find(name).flatMap(StoredModel::weights);
    } catch (StoreFailure e) {
      return Optional.empty();
    }
  }

  private static Found read(ModelName name, Path file) {
    try (FileBytes bytes = FileBytes.open(file)) {
      return switch (GgufReader.read(bytes, ReadSettings.forFit())) {
        case Reading.Exact(Gguf gguf) -> new Found.Header(gguf);
        case Reading.Provisional(Gguf gguf) -> new Found.Header(gguf);
        case Reading.Refused refused -> damaged(name, refused.reason());
      };
    } catch (IOException e) {
      return damaged(name, "its file cannot be read");
    }
  }

  private static Found damaged(ModelName name, String why) {
    return new Found.None(
        500,
        "model '" + name.shortName() + "' cannot be judged: " + why,
        "Pull it again: corral pull " + name.shortName());
  }

  private Optional<Gguf> shown(ModelName name) {
    for (Backend backend : fleet.snapshot().open()) {
      Optional<Gguf> told =
          backend.state() == Backend.State.UP && backend.ollama()
              ? backend
                  .find(name.shortName())
                  .flatMap(model ->
                      ShownHeader.ask(upstream, backend.target(), model.name(), model.size()))
              : Optional.empty();
      if (told.isPresent()) {
        return told;
      }
    }
    return Optional.empty();
  }
}
