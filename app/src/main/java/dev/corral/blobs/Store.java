package dev.corral.blobs;

import dev.corral.model.Bytes;
import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import dev.corral.model.ModelName;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// The models on this machine: our own store, and beside it folders that are only read. Threads
/// share it; another Corral may have the same store open. It keeps no list of its own: the disk is
/// looked at each time, since others change it too.
///
/// Our own comes first: a model of the same name elsewhere is hidden by it.
public final class Store implements Closeable {
  private final FolderShelf own;
  private final List<Shelf> shelves;
  private final Work work;
  private final Optional<Bytes> reserve;
  private final Contents contents = new Contents();
  private final Names names;
  private final Trash trash;
  private final LinkFolder links;
  private final Consumer<String> notices;
  private final Set<String> noticed = ConcurrentHashMap.newKeySet();
  private final Adoption adoption = new Adoption(this);
  private volatile Gauge gauge = Disk::space;

  private Store(
      FolderShelf own,
      List<Shelf> others,
      Work work,
      Optional<Bytes> reserve,
      Consumer<String> notices) {
    this.own = own;
    List<Shelf> all = new ArrayList<>();
    all.add(own);
    all.addAll(others);
    this.shelves = List.copyOf(all);
    this.work = work;
    this.names = new Names(own, work);
    this.trash = new Trash(own, names, names.bin());
    this.links = new LinkFolder(work.links());
    this.reserve = reserve;
    this.notices = notices;
  }

  /// Opens the store, making our own folder where it is missing, and removes what a killed Corral
  /// left in the making.
  ///
  /// @param notices takes a line for the operator about what is in the folders and cannot be used
  /// @throws StoreFailure where our own folder cannot be written
  public static Store open(Folders folders, Consumer<String> notices) throws StoreFailure {
    try {
      Files.createDirectories(folders.own().resolve("blobs"));
      Files.createDirectories(folders.own().resolve("manifests"));
      Work work = Work.open(folders.own());
      List<Shelf> others = new ArrayList<>();
      for (Path folder : folders.ollama()) {
        others.add(new FolderShelf(Origin.OLLAMA, Layout.of(folder)));
      }
      DigestMemory memory = new DigestMemory(work.seeds(), work::fresh);
      for (Path folder : folders.seeds()) {
        others.add(new FolderShelf(Origin.SEED, Layout.of(folder)));
        others.add(new LooseShelf(folder, memory, notices));
      }
      FolderShelf own = new FolderShelf(Origin.OWN, Layout.of(folders.own()));
      return new Store(own, others, work, folders.reserve(), notices);
    } catch (IOException e) {
      throw Disk.failure("open its folder", e);
    }
  }

  /// The model of a name, found without regard to case.
  ///
  /// @throws StoreFailure `DAMAGED` where it is there and makes no sense
  public Optional<StoredModel> find(ModelName name) throws StoreFailure {
    try {
      Optional<Located> located = locate(name);
      return located.isEmpty() ? Optional.empty() : Optional.of(model(located.get()));
    } catch (IOException e) {
      throw Disk.failure("read a model", e);
    }
  }

  /// The manifest of a name, byte for byte.
  public Optional<byte[]> manifest(ModelName name) throws StoreFailure {
    try {
      return locate(name).map(located -> located.found().bytes());
    } catch (IOException e) {
      throw Disk.failure("read a model", e);
    }
  }

  private record Located(Shelf shelf, Found found) {}

  private Optional<Located> locate(ModelName name) throws IOException {
    for (Shelf shelf : shelves) {
      Optional<Found> found = shelf.find(name);
      if (found.isPresent()) {
        return Optional.of(new Located(shelf, found.get()));
      }
    }
    return Optional.empty();
  }

  /// All models, the newest first. What is damaged is left out, and so are anchors.
  public List<StoredModel> list() throws StoreFailure {
    Map<String, StoredModel> models = new HashMap<>();
    for (Shelf shelf : shelves) {
      for (Found found : inventory(shelf).found()) {
        try {
          models.putIfAbsent(found.name().key(), model(new Located(shelf, found)));
        } catch (StoreFailure | IOException e) {
          unlisted(found.name(), e);
        }
      }
    }
    return models.values().stream()
        .filter(model -> !model.name().hidden())
        .sorted(Comparator.comparing(StoredModel::modifiedAt).reversed())
        .toList();
  }

  private static Shelf.Inventory inventory(Shelf shelf) throws StoreFailure {
    try {
      return shelf.all();
    } catch (IOException e) {
      if (shelf.origin() == Origin.OWN) {
        throw Disk.failure("list its models", e);
      }
      return new Shelf.Inventory(List.of(), List.of());
    }
  }

  /// Said once for each name, since listings are asked for all the time.
  private void unlisted(ModelName name, Exception why) {
    if (noticed.add(name.key())) {
      notices.accept(
          "model "
              + name.shortName()
              + " is not listed: "
              + (why instanceof StoreFailure failure ? failure.text() : why.toString()));
    }
  }

  private StoredModel model(Located located) throws StoreFailure, IOException {
    Found found = located.found();
    Manifest manifest = manifest(found);
    Digest digest = found.digest();
    Contents.Content content = contents.of(digest, manifest, this::bytes);
    Map<Digest, Path> files = new HashMap<>();
    List<Layer> missing = new ArrayList<>();
    for (Layer layer : manifest.blobs()) {
      Optional<Path> file = blob(layer.digest());
      if (file.isPresent() && Files.size(file.get()) == layer.size()) {
        files.put(layer.digest(), file.get());
      } else if (file.isPresent() || !madeUp(layer)) {
        missing.add(layer);
      }
    }
    return new StoredModel(
        found.name(),
        digest,
        manifest,
        content.config(),
        content.texts(),
        located.shelf().origin(),
        found.modifiedAt(),
        files,
        missing);
  }

  private static Manifest manifest(Found found) throws StoreFailure {
    try {
      return found.parsed();
    } catch (IllegalArgumentException e) {
      throw new StoreFailure(
          StoreFailure.Kind.DAMAGED,
          "the manifest of '"
              + found.name().shortName()
              + "' is damaged ("
              + e.getMessage()
              + "); pull or create the model again, or remove it with: corral rm "
              + found.name().shortName(),
          e);
    }
  }

  /// True for a blob that is in no file: the config of a loose GGUF file.
  private boolean madeUp(Layer layer) throws IOException {
    return layer.mediaType().equals(Layer.CONFIG)
        && bytes(layer.digest(), Manifest.MAX_BYTES).isPresent();
  }

  /// The file of a blob, in whichever folder it lies.
  public Optional<Path> blob(Digest digest) {
    return shelves.stream().flatMap(shelf -> shelf.blob(digest).stream()).findFirst();
  }

  public boolean hasBlob(Digest digest) {
    return blob(digest).isPresent();
  }

  private Optional<byte[]> bytes(Digest digest, int most) throws IOException {
    for (Shelf shelf : shelves) {
      Optional<byte[]> bytes = shelf.bytes(digest, most);
      if (bytes.isPresent()) {
        return bytes;
      }
    }
    return Optional.empty();
  }

  /// Refuses what would fill the disk beyond the reserve (`store.reserve`). The trash is emptied
  /// first, as far as that is needed and enough.
  ///
  /// @throws StoreFailure `NO_ROOM` with the bytes that are missing
  public void checkRoom(long bytes) throws StoreFailure {
    Space space = space();
    if (space.missing(bytes) > 0 && !trash.makeRoom(space.missing(bytes))) {
      throw Disk.noRoom(bytes, space);
    }
  }

  /// The disk of our own store.
  public Space space() throws StoreFailure {
    return gauge.space(own.layout().blobs(), reserve);
  }

  /// Tells what a disk has; a test tells it of one that nobody else fills.
  @FunctionalInterface
  interface Gauge {
    Space space(Path folder, Optional<Bytes> reserve) throws StoreFailure;
  }

  void tell(Gauge disk) {
    gauge = disk;
  }

  /// What is asked of the store as a whole, beside its models.
  public Housekeeping housekeeping() {
    return new Housekeeping(this, own, names);
  }

  /// Second names of our blobs.
  ///
  /// @param owner tells them from those of other Corrals at the same store
  public Links links(String owner) {
    return new Links(own, names.bin(), links, owner, this::blob, true);
  }

  /// Puts a blob back that somebody removed or damaged, where a second name of it has its bytes.
  /// Reads all of these.
  public boolean recover(Layer layer) throws StoreFailure {
    return links("any").recover(layer);
  }

  /// What was deleted lately.
  public Trash trash() {
    return trash;
  }

  /// Begins a blob whose bytes come in order. Owned and closed by the caller.
  ///
  /// @param bytes how many will come; 0 where it is not known
  public Upload beginBlob(long bytes) throws StoreFailure {
    checkRoom(bytes);
    try {
      return new Upload(this, work.fresh());
    } catch (IOException e) {
      throw Disk.failure("begin a blob", e);
    }
  }

  /// Begins a blob that another process writes. Owned and closed by the caller.
  ///
  /// @param bytes how many there will be, as far as that is known
  public Foreign foreign(long bytes) throws StoreFailure {
    checkRoom(bytes);
    return new Foreign(this, work.fresh());
  }

  /// Begins or goes on with a blob whose bytes come in parts. Owned and closed by the caller.
  ///
  /// @throws StoreFailure `BUSY` where somebody else is at it
  public Partial partial(Digest digest) throws StoreFailure {
    try {
      return Partial.open(this, digest, work.partial("sha256-" + digest.hex()));
    } catch (IOException e) {
      throw Disk.failure("begin a blob", e);
    }
  }

  /// Stores a small blob that is in memory, and gives the layer that points to it.
  public Layer put(String mediaType, byte[] bytes) throws StoreFailure {
    try (Upload upload = beginBlob(bytes.length)) {
      upload.write(ByteBuffer.wrap(bytes));
      return new Layer(mediaType, upload.commit(), bytes.length);
    } catch (IOException e) {
      throw Disk.failure("store a blob", e);
    }
  }

  Path freshWork() {
    return work.fresh();
  }

  /// The checksums of a blob's pieces; empty where nobody kept any.
  public Optional<Marks> marks(Digest digest) {
    try {
      return Marks.parse(Files.readAllBytes(work.marks(Marks.fileName(digest))));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// Keeps the checksums of a blob that is whole. A disk that refuses costs only them.
  public void mark(Digest digest, Marks marks) {
    if (marks.sums().size() <= 1) {
      return; // one piece: there is no part to tell from the others
    }
    Path file = work.fresh();
    try {
      Files.write(file, marks.text());
      Disk.publish(file, work.marks(Marks.fileName(digest)));
    } catch (IOException e) {
      return;
    }
  }

  /// The file of a blob in our own folder.
  public Optional<Path> ownBlob(Digest digest) {
    return own.blob(digest);
  }

  /// Gives a finished file its name. Where the blob is here already, that one stays.
  void publishBlob(Path finished, Digest digest) throws IOException {
    publishBlob(finished, digest, false);
  }

  /// @param replace the one that is here is damaged
  void publishBlob(Path finished, Digest digest, boolean replace) throws IOException {
    Optional<Path> there = own.blob(digest);
    if (!replace && there.isPresent() && Files.size(there.get()) == Files.size(finished)) {
      Disk.freshen(there.get(), links.namesOf(there.get(), digest));
      Files.deleteIfExists(finished);
    } else {
      Path blob = own.layout().blob(digest);
      Disk.publish(finished, blob);
      links.renew(blob, digest);
    }
  }

  /// Makes a model visible under a name, as the last step of a create or a pull: blobs that lie in
  /// other folders are brought into ours, all are looked at once more, then the manifest appears as
  /// a whole. Layers that only the model before it used are removed.
  ///
  /// @param manifest its very bytes, whose digest becomes the model's
  /// @throws StoreFailure `MISSING_BLOB`, `NO_ROOM`, `DAMAGED` where the manifest makes no sense
  public StoredModel publish(ModelName name, byte[] manifest) throws StoreFailure {
    Layout.check(name);
    Manifest parsed;
    try {
      parsed = Manifest.parse(manifest);
    } catch (IllegalArgumentException e) {
      throw new StoreFailure(
          StoreFailure.Kind.DAMAGED, "the manifest makes no sense: " + e.getMessage(), e);
    }
    try {
      for (Layer layer : parsed.blobs()) {
        adopt(layer);
      }
      names.publish(name, manifest, parsed);
    } catch (IOException e) {
      throw Disk.failure("publish a model", e);
    }
    return find(name)
        .orElseThrow(() ->
            new StoreFailure(
                StoreFailure.Kind.BUSY,
                "the model was removed by somebody else in the moment it was published"));
  }

  /// Brings a blob of another folder into ours: as a second name of the same file where the disk is
  /// the same, else as a copy. Both are hashed, so that nothing unverified becomes ours.
  private void adopt(Layer layer) throws StoreFailure, IOException {
    if (own.blob(layer.digest()).isEmpty()) {
      Optional<Path> elsewhere = blob(layer.digest());
      Optional<byte[]> madeUp =
          elsewhere.isPresent() ? Optional.empty() : bytes(layer.digest(), Manifest.MAX_BYTES);
      if (elsewhere.isPresent()) {
        adoption.adopt(elsewhere.get(), layer.digest(), own.layout().blob(layer.digest()));
      } else if (madeUp.isPresent()) {
        put(layer.mediaType(), madeUp.get());
      }
    }
  }

  /// Gives a model a second name, replacing what had it.
  ///
  /// @return false where there is no such model
  public boolean copy(ModelName from, ModelName to) throws StoreFailure {
    try {
      Optional<Located> located = locate(from);
      if (located.isPresent()) {
        publish(to, located.get().found().bytes());
      }
      return located.isPresent();
    } catch (IOException e) {
      throw Disk.failure("copy a model", e);
    }
  }

  /// Removes a name, and the blobs that no other model uses.
  ///
  /// @return false where there is no such model
  /// @throws StoreFailure `READ_ONLY` where it lies in a folder that is not ours
  public boolean delete(ModelName name) throws StoreFailure {
    try {
      if (names.delete(name)) {
        return true;
      }
      Optional<Located> elsewhere = locate(name);
      if (elsewhere.isPresent()) {
        throw readOnly(elsewhere.get().found().name(), elsewhere.get().shelf().origin());
      }
      return false;
    } catch (IOException e) {
      throw Disk.failure("delete a model", e);
    }
  }

  private static StoreFailure readOnly(ModelName name, Origin origin) {
    return new StoreFailure(
        StoreFailure.Kind.READ_ONLY,
        "'"
            + name.shortName()
            + "' lies in a folder that Corral only reads; "
            + (origin == Origin.OLLAMA
                ? "remove it with: ollama rm " + name.shortName()
                : "remove its file there, or take the folder out of store.seed"));
  }

  @Override
  public void close() throws IOException {
    shelves.forEach(Shelf::close);
    work.close();
  }
}
