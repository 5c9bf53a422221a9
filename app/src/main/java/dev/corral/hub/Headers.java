package dev.corral.hub;

import dev.corral.gguf.Fault;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufReader;
import dev.corral.gguf.ReadSettings;
import dev.corral.gguf.Reading;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import dev.corral.model.ModelName;
import dev.corral.outbound.Leash;
import dev.corral.registry.Fetched;
import dev.corral.registry.Hub;
import dev.corral.registry.Registry;
import dev.corral.registry.Remote;
import dev.corral.registry.Trouble;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Reads the headers of models that lie elsewhere: files of the Hub, blobs of a registry. Never
/// more than 16 MB of a file, by at most three requests; a header that was read whole is kept, by
/// the content's digest.
public final class Headers {
  private static final int MOST_KEPT = 24;

  /// No model that is published has more parts; with more, the first one must do.
  private static final int MOST_PARTS = 80;

  /// Headers that are read at once, over all callers: each holds some ten MB while it is read.
  private static final int MOST_AT_ONCE = 4;

  private static final int SECONDS_IN_LINE = 20;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(25);

  private final Site site;
  private final Listings listings;
  private final Registry registry;
  private final Semaphore reading = new Semaphore(MOST_AT_ONCE);
  private final Map<String, Gguf> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Gguf> eldest) {
          return size() > MOST_KEPT;
        }
      };

  Headers(Site site, Listings listings, Registry registry) {
    this.site = site;
    this.listings = listings;
    this.registry = registry;
  }

  /// The header of the model that a pull of this name would fetch. May block for half a minute.
  public Answered<Header> of(ModelName name, Depth depth) {
    return Hub.means(name) ? ofHub(name, depth) : ofBlob(name, depth);
  }

  private Answered<Header> ofHub(ModelName name, Depth depth) {
    return listings
        .meant(name)
        .then(found ->
            of(found.repository().name(), found.choice(), depth)
                .then(header ->
                    new Answered.Got<>(header.seeing(found.repository().projectorBytes()))));
  }

  /// The header of one choice; of a split set, that of all parts.
  Answered<Header> of(RepositoryName repository, Choice choice, Depth depth) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    if (!choice.whole()) {
      return new Answered.Not<>(
          new Trouble(
              Trouble.Kind.MISSING,
              choice.title()
                  + " of "
                  + repository
                  + " lacks part "
                  + choice.missing().getFirst()
                  + " of "
                  + choice.parts(),
              "Choose another quantization: corral hub " + repository));
    }
    List<HubFile> files = choice.files();
    boolean firstAlone = depth == Depth.GLANCE || files.size() > MOST_PARTS;
    List<Gguf> parts = new ArrayList<>();
    int requests = 0;
    long bytes = 0;
    for (HubFile file : firstAlone ? files.subList(0, 1) : files) {
      switch (of(repository, file, depth, deadline)) {
        case Answered.Not<Header>(Trouble trouble) -> {
          return new Answered.Not<>(trouble);
        }
        case Answered.Got<Header>(Header header) -> {
          parts.add(header.gguf());
          requests += header.requests();
          bytes += header.bytesRead();
        }
      }
    }
    int asked = requests;
    long read = bytes;
    if (files.size() == 1) {
      return new Answered.Got<>(new Header(parts.getFirst(), asked, read, 0));
    }
    Answered<Gguf> whole =
        firstAlone
            ? new Answered.Got<>(parts.getFirst().ofSet(choice.size()))
            : Tables.joined(parts);
    return whole.then(gguf -> new Answered.Got<>(new Header(gguf, asked, read, 0)));
  }

  private Answered<Header> of(RepositoryName repository, HubFile file, Depth depth, long deadline) {
    Words words = Words.of(repository, site.endpoint(), site.keyShown());
    URI uri = site.file(repository, file.path());
    Leash leash = new Leash();
    String key = file.digest().map(Object::toString).orElse(uri + " " + file.size());
    return read(
        key,
        new RangeSource(
            (first, last) -> site.range(uri, file.size(), first, last, words, leash),
            file.size(),
            deadline),
        depth,
        "'" + file.name() + "' of " + repository);
  }

  private Answered<Header> ofBlob(ModelName name, Depth depth) {
    Remote remote = registry.open(name, new Leash());
    return switch (remote.manifest()) {
      case Trouble trouble -> new Answered.Not<>(trouble);
      case Fetched.Found found -> {
        Optional<Layer> weights =
            found.manifest().layers().stream()
                .filter(layer -> layer.mediaType().equals(Layer.MODEL))
                .findFirst();
        yield weights.isPresent()
            ? ofBlob(name, remote, weights.get(), depth)
                .then(header -> new Answered.Got<>(header.seeing(projectors(found.manifest()))))
            : Listings.missing(name, "has no weights in its manifest", "Choose another tag.");
      }
    };
  }

  private static long projectors(Manifest manifest) {
    return manifest.layers(Layer.PROJECTOR).stream().mapToLong(Layer::size).sum();
  }

  private Answered<Header> ofBlob(ModelName name, Remote remote, Layer layer, Depth depth) {
    long size = layer.size();
    return read(
        layer.digest().toString(),
        new RangeSource(
            (first, last) -> remote.range(layer.digest(), first, last, size),
            size,
            System.nanoTime() + PATIENCE_NANOS),
        depth,
        "'" + name.shortName() + "'");
  }

  /// @param key of the content, under which the header is kept
  /// @param what for people
  private Answered<Header> read(String key, RangeSource source, Depth depth, String what) {
    Gguf known = known(key);
    if (known != null) {
      return new Answered.Got<>(new Header(known, 0, 0, 0));
    }
    if (!admitted()) {
      return new Answered.Not<>(
          new Trouble(
              Trouble.Kind.AWAY,
              "many headers are being read just now, so that of " + what + " was not",
              "Try again in a moment."));
    }
    try (source) {
      GgufReader reader = new GgufReader(source, ReadSettings.forFit());
      Reading glance = reader.glance();
      Reading read =
          glance instanceof Reading.Provisional && depth == Depth.EXACT ? reader.finish() : glance;
      return switch (read) {
        case Reading.Exact(Gguf gguf) -> {
          keep(key, gguf);
          yield got(gguf, source);
        }
        case Reading.Provisional(Gguf gguf) -> got(gguf, source);
        // the rest of the header could not be had: what the glance told stands
        case Reading.Refused refused
            when refused.fault() == Fault.UNREADABLE
                && glance instanceof Reading.Provisional(Gguf gguf) ->
            got(gguf, source);
        case Reading.Refused refused -> new Answered.Not<>(trouble(refused, source, what));
      };
    } finally {
      reading.release();
    }
  }

  private boolean admitted() {
    try {
      return reading.tryAcquire(SECONDS_IN_LINE, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Answered<Header> got(Gguf gguf, RangeSource source) {
    return new Answered.Got<>(new Header(gguf, source.requests(), source.bytesRead(), 0));
  }

  private static Trouble trouble(Reading.Refused refused, RangeSource source, String what) {
    if (source.trouble().isPresent()) {
      return source.trouble().get();
    }
    return refused.fault() == Fault.UNREADABLE
        ? new Trouble(
            Trouble.Kind.AWAY, "the connection for " + what + " broke off", "Try again later.")
        : new Trouble(
            Trouble.Kind.WRONG,
            what + " is not taken: " + refused.reason(),
            "Choose another quantization, or tell the owner.");
  }

  private @Nullable Gguf known(String key) {
    synchronized (kept) {
      return kept.get(key);
    }
  }

  private void keep(String key, Gguf gguf) {
    synchronized (kept) {
      kept.put(key, gguf);
    }
  }
}
