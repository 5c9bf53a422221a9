package dev.corral.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.blobs.Folders;
import dev.corral.blobs.Shop;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.engine.Installation;
import dev.corral.engine.Quantizer;
import dev.corral.model.Digest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The management calls of the own node on a store in a folder of a test.
record StoreSeat(Store store, OwnNode node) implements Closeable {
  /// A machine without the engine's libraries.
  private static final Installation BARE =
      new Installation(
          Path.of("java"),
          "",
          "",
          "",
          Optional.empty(),
          Optional.empty(),
          Path.of("no-work"),
          Map.of());

  static StoreSeat on(Path folder) throws StoreFailure {
    return on(Store.open(Folders.own(folder), _ -> {}));
  }

  static StoreSeat on(Store store) {
    Library library = new Library(store);
    return new StoreSeat(
        store,
        new OwnNode(
            List.of(
                new Listing(store).routes(),
                new Show(library).routes(),
                new Names(store).routes(),
                new BlobCalls(store).routes(),
                new Create(store, new Quantizer(BARE, () -> Long.MAX_VALUE)).routes())));
  }

  Digest upload(byte[] content) {
    Digest digest = Digest.of(content);
    assertThat(Told.of(node, "POST", "/api/blobs/" + digest, content).status()).isEqualTo(201);
    return digest;
  }

  Digest uploadTiny(String model) throws IOException {
    return upload(Shop.tiny(model));
  }

  Told create(String body) {
    return Told.of(node, "POST", "/api/create", body);
  }

  Told show(String model) {
    return Told.of(node, "POST", "/api/show", "{\"model\":\"" + model + "\"}");
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
