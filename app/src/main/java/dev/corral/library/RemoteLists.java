package dev.corral.library;

import dev.corral.model.Digest;
import dev.corral.outbound.Ask;
import dev.corral.outbound.Destinations;
import dev.corral.outbound.NotReached;
import dev.corral.outbound.Outbound;
import dev.corral.outbound.Response;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/// Lists of other people (`catalog.sources`): fetched now and then, kept in the home so that they
/// are there without a network, asked for again only where they changed (`ETag`). Each is fetched
/// from its own origin and from nowhere else, whatever it redirects to.
public final class RemoteLists implements AutoCloseable {
  /// After a failure it is tried again so soon.
  private static final Duration AGAIN = Duration.ofMinutes(5);

  private static final int NAME_DIGITS = 32;
  private static final int LONGEST_ETAG = 500;

  private final Path folder;
  private final Function<Destinations, Outbound> ways;
  private final Consumer<String> notices;
  private final Map<String, CatalogFile> lists = new ConcurrentHashMap<>();
  private final Semaphore news = new Semaphore(0);
  private volatile CatalogSettings settings = CatalogSettings.defaults();
  private volatile boolean over;
  private volatile boolean begun;

  /// @param folder where lists are kept; made with the first
  /// @param ways makes the way out to what may be asked
  /// @param notices lines for the operator
  public RemoteLists(Path folder, Function<Destinations, Outbound> ways, Consumer<String> notices) {
    this.folder = folder;
    this.ways = ways;
    this.notices = notices;
  }

  /// Takes over changed settings. Nothing is asked where no list is named.
  public synchronized void follow(CatalogSettings now) {
    settings = now;
    lists.keySet().retainAll(now.sources());
    for (String source : now.sources()) {
      if (!lists.containsKey(source)) {
        kept(source).ifPresent(list -> lists.put(source, list));
      }
    }
    if (!now.sources().isEmpty() && !begun) {
      begun = true;
      var _ = Thread.ofVirtual().name("catalog").start(this::run);
    }
    news.release();
  }

  /// The lists as they are known now, in the order of the settings.
  public List<CatalogFile> now() {
    List<CatalogFile> known = new ArrayList<>();
    settings
        .sources()
        .forEach(source -> Optional.ofNullable(lists.get(source)).ifPresent(known::add));
    return known;
  }

  @Override
  public void close() {
    over = true;
    news.release();
  }

  private void run() {
    try {
      while (!over) {
        boolean good = true;
        for (String source : settings.sources()) {
          good &= fetch(source);
        }
        Duration wait = settings.refresh();
        wait = good || wait.compareTo(AGAIN) < 0 ? wait : AGAIN;
        boolean _ = news.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS);
        int _ = news.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// @return false where it should be tried again soon
  private boolean fetch(String source) {
    URI uri = URI.create(source);
    String origin = uri.getScheme() + "://" + uri.getRawAuthority();
    Ask ask = Ask.get(uri).with("Accept", "application/json");
    Optional<String> tag = lists.containsKey(source) ? etag(source) : Optional.empty();
    ask = tag.isPresent() ? ask.with("If-None-Match", tag.get()) : ask;
    try {
      Outbound way = ways.apply(Destinations.of(List.of(), List.of(origin)));
      return switch (way.send(ask)) {
        case NotReached no -> failed(source, no.text());
        case Response response -> {
          try (response) {
            yield taken(source, response);
          }
        }
      };
    } catch (IOException | IllegalArgumentException e) {
      return failed(source, "its answer broke off");
    }
  }

  private boolean taken(String source, Response response) throws IOException {
    if (response.status() == 304) {
      return true;
    }
    if (response.status() != 200) {
      return failed(source, "it answered " + response.status());
    }
    Optional<byte[]> bytes = response.bytes(CatalogReader.MOST_BYTES);
    if (bytes.isEmpty()) {
      return failed(source, "it is larger than any catalog");
    }
    CatalogFile list = CatalogReader.read(bytes.get(), source);
    if (list.entries().isEmpty()) {
      String why = list.bad().isEmpty() ? "it is empty" : list.bad().getFirst().reason();
      return failed(source, "it holds no entry that can be used: " + why);
    }
    if (settings.sources().contains(source)) {
      keep(source, bytes.get(), response.header("etag").orElse(""));
      lists.put(source, list); // last: who sees it may rely on its being kept
    }
    return true;
  }

  private boolean failed(String source, String why) {
    String then =
        lists.containsKey(source) ? "what was fetched before stays in use" : "it is not used";
    notices.accept("The list " + source + " could not be taken: " + why + "; " + then);
    return false;
  }

  private void keep(String source, byte[] bytes, String etag) {
    try {
      Files.createDirectories(folder);
      Files.deleteIfExists(file(source, ".etag"));
      Path part = file(source, ".part");
      Files.write(part, bytes);
      Files.move(part, file(source, ".json"), StandardCopyOption.REPLACE_EXISTING);
      if (!etag.isEmpty() && etag.length() <= LONGEST_ETAG) {
        Files.writeString(file(source, ".etag"), etag);
      }
    } catch (IOException e) {
      notices.accept(
          "The list "
              + source
              + " is used but could not be kept ("
              + e.getClass().getSimpleName()
              + ")");
    }
  }

  private Optional<CatalogFile> kept(String source) {
    Path file = file(source, ".json");
    return Files.isRegularFile(file)
        ? Optional.of(CatalogReader.read(file, source))
        : Optional.empty();
  }

  private Optional<String> etag(String source) {
    try {
      String tag = Files.readString(file(source, ".etag"), StandardCharsets.UTF_8).strip();
      return tag.isEmpty() ? Optional.empty() : Optional.of(tag);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Path file(String source, String kind) {
    String name = Digest.of(source.getBytes(StandardCharsets.UTF_8)).hex();
    return folder.resolve(name.substring(0, NAME_DIGITS) + kind);
  }
}
