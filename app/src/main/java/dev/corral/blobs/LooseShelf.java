package dev.corral.blobs;

import dev.corral.blobs.DigestMemory.Stamp;
import dev.corral.gguf.FileBytes;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufReader;
import dev.corral.gguf.ReadSettings;
import dev.corral.gguf.Reading;
import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import dev.corral.model.ModelName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// A folder with GGUF files that nobody described: each is a model named after its file. Config and
/// manifest are made up from its header. Hashing goes on behind; a listing waits a little for it,
/// who asks for one model waits for that one.
final class LooseShelf implements Shelf {
  private static final String ENDING = ".gguf";

  /// People keep files by publisher and model; caches are deeper still.
  private static final int DEPTH = 4;

  /// What a listing waits for files that are hashed for the first time.
  private static final Duration LISTING_PATIENCE = Duration.ofSeconds(2);

  private static final int LONGEST_NAME = 80;
  private static final int BUFFER = 1 << 20;

  /// One part of a model that was cut for transport: `x-00001-of-00003.gguf`.
  private static final String PART = ".*-\\d{5}-of-\\d{5}";

  private record Model(Found found, Digest weights, Path file, Digest config, String configJson) {}

  private record Examined(Stamp stamp, CompletableFuture<Optional<Model>> result) {}

  private final Path folder;
  private final DigestMemory memory;
  private final Consumer<String> notices;
  private final Map<Path, Examined> examined = new ConcurrentHashMap<>();

  /// One file at a time: a disk reads fastest in order.
  private final Semaphore disk = new Semaphore(1);

  private volatile boolean closed;

  LooseShelf(Path folder, DigestMemory memory, Consumer<String> notices) {
    this.folder = folder;
    this.memory = memory;
    this.notices = notices;
  }

  @Override
  public Origin origin() {
    return Origin.SEED;
  }

  @Override
  public Optional<Found> find(ModelName name) throws IOException {
    for (Path file : files()) {
      if (name(file).filter(own -> own.key().equals(name.key())).isPresent()) {
        Optional<Model> model = await(examine(file), Optional.empty());
        if (model.isPresent()) {
          return model.map(Model::found);
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public Inventory all() throws IOException {
    long deadline = System.nanoTime() + LISTING_PATIENCE.toNanos();
    List<CompletableFuture<Optional<Model>>> asked = new ArrayList<>();
    for (Path file : files()) {
      asked.add(examine(file));
    }
    List<Found> found = new ArrayList<>();
    for (CompletableFuture<Optional<Model>> one : asked) {
      Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      await(one, Optional.of(left)).ifPresent(model -> found.add(model.found()));
    }
    return new Inventory(List.copyOf(found), List.of());
  }

  @Override
  public Optional<Path> blob(Digest digest) {
    return done()
        .filter(model -> model.weights().equals(digest))
        .map(Model::file)
        .filter(Files::isRegularFile)
        .findFirst();
  }

  @Override
  public Optional<byte[]> bytes(Digest digest, int most) {
    return done()
        .filter(model -> model.config().equals(digest))
        .map(model -> model.configJson().getBytes(StandardCharsets.UTF_8))
        .findFirst();
  }

  @Override
  public void close() {
    closed = true;
  }

  private Stream<Model> done() {
    return examined.values().stream()
        .map(one -> one.result().getNow(Optional.empty()))
        .flatMap(Optional::stream);
  }

  /// In the order of their names, so that of two that mean the same the first one counts.
  private List<Path> files() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    Path root = folder.toRealPath();
    try (Stream<Path> files = Files.walk(root, DEPTH)) {
      return files
          .filter(file -> fileName(file).toLowerCase(Locale.ROOT).endsWith(ENDING))
          .filter(file -> inside(root, file))
          .sorted()
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /// A link is followed where it stays in the folder, as those of a download cache do.
  private static boolean inside(Path root, Path file) {
    try {
      Path real = file.toRealPath();
      return real.startsWith(root) && Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      return false;
    }
  }

  private static String fileName(Path file) {
    return String.valueOf(file.getFileName());
  }

  /// The name of a file's model: the file's own without its ending, what a name cannot hold as `-`.
  static Optional<ModelName> name(Path file) {
    String stem = fileName(file).substring(0, fileName(file).length() - ENDING.length());
    String model = stem.replaceAll("[^A-Za-z0-9_.-]", "-").replaceFirst("^[.-]+", "");
    return ModelName.parse(model.substring(0, Math.min(model.length(), LONGEST_NAME)));
  }

  private CompletableFuture<Optional<Model>> examine(Path file) throws IOException {
    Stamp stamp = new Stamp(Files.size(file), Files.getLastModifiedTime(file).toInstant());
    return examined
        .compute(
            file,
            (_, before) ->
                before != null && before.stamp().equals(stamp)
                    ? before
                    : new Examined(stamp, started(file, stamp)))
        .result();
  }

  private CompletableFuture<Optional<Model>> started(Path file, Stamp stamp) {
    CompletableFuture<Optional<Model>> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("seed-" + fileName(file))
        .start(() -> {
          try {
            result.complete(look(file, stamp));
          } catch (IOException | InterruptedException | RuntimeException e) {
            notices.accept("seed file " + fileName(file) + " cannot be read: " + e);
            result.complete(Optional.empty());
          }
        });
    return result;
  }

  private Optional<Model> look(Path file, Stamp stamp) throws IOException, InterruptedException {
    Optional<ModelName> name = name(file);
    if (name.isEmpty()) {
      return refused(file, "no model's name can be made from its own");
    }
    if (fileName(file).toLowerCase(Locale.ROOT).matches(PART + "\\" + ENDING)) {
      return refused(file, "it is one part of several; join them with: llama-gguf-split --merge");
    }
    Reading reading;
    try (FileBytes bytes = FileBytes.open(file)) {
      reading = GgufReader.read(bytes, ReadSettings.forLoading());
    }
    return switch (reading) {
      case Reading.Exact exact when projector(exact.gguf()) ->
          refused(file, "it is the projector of a model, no model");
      case Reading.Exact exact -> Optional.of(model(name.get(), file, stamp, exact.gguf()));
      case Reading.Refused no -> refused(file, no.reason());
      case Reading.Provisional _ -> refused(file, "its header has no end");
    };
  }

  private static boolean projector(Gguf header) {
    return header.architecture().filter("clip"::equals).isPresent();
  }

  private Optional<Model> refused(Path file, String why) {
    notices.accept("seed file " + fileName(file) + " is not listed: " + why);
    return Optional.empty();
  }

  private Model model(ModelName name, Path file, Stamp stamp, Gguf header)
      throws IOException, InterruptedException {
    Digest weights = digest(file, stamp);
    byte[] config = ModelConfig.of(header).json();
    Digest configDigest = Digest.of(config);
    Manifest manifest =
        new Manifest(
            new Layer(Layer.CONFIG, configDigest, config.length),
            List.of(new Layer(Layer.MODEL, weights, stamp.size())));
    return new Model(
        new Found(name, manifest.json(), stamp.modified()),
        weights,
        file,
        configDigest,
        new String(config, StandardCharsets.UTF_8));
  }

  private Digest digest(Path file, Stamp stamp) throws IOException, InterruptedException {
    Optional<Digest> known = memory.find(file, stamp);
    if (known.isPresent()) {
      return known.get();
    }
    disk.acquire();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MessageDigest hash = Digest.sha256();
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
      while (channel.read(buffer.clear()) >= 0) {
        hash.update(buffer.flip());
        if (closed) {
          throw new IOException("The store was closed");
        }
      }
      Digest digest = Digest.of(hash);
      memory.put(file, stamp, digest);
      return digest;
    } finally {
      disk.release();
    }
  }

  /// Empty where it does not come in time, or cannot be had.
  private static Optional<Model> await(
      CompletableFuture<Optional<Model>> asked, Optional<Duration> patience) {
    try {
      return patience.isEmpty()
          ? asked.get()
          : asked.get(patience.get().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
