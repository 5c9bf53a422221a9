package dev.corral.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Notices that the file, a `.env`, or a file beside them was changed or replaced, reads everything
/// again, and hands over what it came to. It knows nothing of the settings in force: whoever takes
/// an [Loaded.Invalid] keeps them.
///
/// Contents are compared, not times, so that a replaced file, a mounted one and one that was saved
/// twice within a tick are all noticed. A change counts once it stood still for one interval,
/// because editors cut a file before they fill it, and an empty file means all defaults.
public final class ConfigWatch implements AutoCloseable {
  /// How soon a change is taken over, twice this at most.
  public static final Duration INTERVAL = Duration.ofSeconds(1);

  /// A takeover that takes longer hangs, on a dead disk or database, and is left to itself.
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private static final String ABSENT = "absent";
  private static final System.Logger LOG = System.getLogger(ConfigWatch.class.getName());

  private final Sources sources;
  private final Supplier<List<Path>> beside;
  private final Duration interval;
  private final Runnable changed;
  private final Runnable gone;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  private ConfigWatch(
      Sources sources,
      Supplier<List<Path>> beside,
      Duration interval,
      Runnable changed,
      Runnable gone) {
    this.sources = sources;
    this.beside = beside;
    this.interval = interval;
    this.changed = changed;
    this.gone = gone;
    List<String> before = contents();
    this.thread = Thread.ofVirtual().name("config-watch").unstarted(() -> watch(before));
  }

  /// Watches from now on.
  ///
  /// @param beside further files that the settings in force name
  /// @param load reads the sources again
  /// @param taker is called on the watching thread, never twice at once
  public static <S> ConfigWatch start(
      Sources sources,
      Duration interval,
      Supplier<List<Path>> beside,
      Supplier<Loaded<S>> load,
      Consumer<Loaded<S>> taker) {
    Runnable gone =
        () ->
            taker.accept(
                new Loaded.Invalid<>(
                    List.of(
                        new ConfigProblem(
                            String.valueOf(sources.file().getFileName()),
                            "",
                            "the file is gone; restart to run without it, or put it back"))));
    ConfigWatch watch =
        new ConfigWatch(sources, beside, interval, () -> taker.accept(load.get()), gone);
    watch.thread.start();
    return watch;
  }

  /// Ends between two looks: what is being taken over is taken over whole.
  @Override
  public void close() {
    closing.countDown();
    try {
      if (!thread.join(LONGEST)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void watch(List<String> before) {
    List<String> inForce = before;
    List<String> last = before;
    List<String> failed = List.of();
    while (!closed()) {
      List<String> now = contents();
      if (now.equals(last) && !now.equals(inForce)) {
        try {
          takeOver(inForce, now);
          inForce = now;
        } catch (RuntimeException e) {
          // A database that is away for a while, for one: said once, tried again until it is back.
          LOG.log(
              now.equals(failed) ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
              "The changed configuration could not be taken over yet",
              e);
          failed = now;
        }
      }
      last = now;
    }
  }

  private boolean closed() {
    try {
      return closing.await(interval.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  private void takeOver(List<String> before, List<String> now) {
    boolean vanished = now.getFirst().equals(ABSENT) && !before.getFirst().equals(ABSENT);
    (vanished ? gone : changed).run();
  }

  private List<String> contents() {
    List<String> contents = new ArrayList<>();
    sources.watched().forEach(file -> contents.add(digest(file)));
    beside.get().forEach(file -> contents.add(file + " " + digest(file)));
    return contents;
  }

  private static String digest(Path file) {
    if (!Files.isRegularFile(file)) {
      return ABSENT;
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(YamlFile.LARGEST);
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return Files.size(file) + " " + HexFormat.of().formatHex(sha256.digest(start));
    } catch (IOException e) {
      return "unreadable";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
