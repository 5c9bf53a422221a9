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

  private static final String ABSENT = "absent";

  private final Sources sources;
  private final Supplier<List<Path>> beside;
  private final Duration interval;
  private final Runnable changed;
  private final Runnable gone;
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

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void watch(List<String> before) {
    List<String> inForce = before;
    List<String> last = before;
    while (!Thread.currentThread().isInterrupted()) {
      try {
        Thread.sleep(interval);
      } catch (InterruptedException e) {
        return;
      }
      List<String> now = contents();
      if (now.equals(last) && !now.equals(inForce)) {
        boolean vanished = now.getFirst().equals(ABSENT) && !inForce.getFirst().equals(ABSENT);
        inForce = now;
        (vanished ? gone : changed).run();
      }
      last = now;
    }
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
