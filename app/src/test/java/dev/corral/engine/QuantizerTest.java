package dev.corral.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.corral.EngineFiles;
import dev.corral.blobs.Shop;
import dev.corral.engine.Quantizer.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Ends of the process that makes weights smaller which are none of the weights' fault, and ends
/// that are.
@Tag("slow")
class QuantizerTest {
  private static final Path FULL = Path.of("/dev/full");

  @TempDir private Path folder;
  private Path weights;

  @BeforeEach
  void aModel() throws IOException {
    assumeTrue(EngineFiles.natives().isPresent(), EngineFiles.HOW);
    weights = Files.write(folder.resolve("weights"), Shop.tiny("markov-a"));
  }

  private Quantizer quantizer(LongSupplier allowed) {
    Installation real = Installation.ofThisProcess(folder.resolve("work"), System.getenv());
    return new Quantizer(
        new Installation(
            real.java(),
            real.ownClassPath(),
            real.ownClassPath(),
            real.runnerMain(),
            EngineFiles.natives(),
            real.classCache(),
            real.work(),
            real.environment()),
        allowed);
  }

  private String whyNot(Path from, Path to, Consumer<Runnable> stoppable)
      throws InterruptedException {
    Outcome outcome =
        quantizer(() -> Long.MAX_VALUE).run(from, to, "Q8_0", 0, new Heard(stoppable));
    assertThat(folder.resolve("work")).isEmptyDirectory();
    return ((Outcome.Failed) outcome).why();
  }

  /// Takes what ends a run.
  private record Heard(CountDownLatch waiting, Consumer<Runnable> stoppable)
      implements Quantizer.Told {
    Heard(Consumer<Runnable> stoppable) {
      this(new CountDownLatch(1), stoppable);
    }

    @Override
    public void waits() {
      waiting.countDown();
    }

    @Override
    public void done(double share) {}

    @Override
    public void stoppable(Runnable stop) {
      stoppable.accept(stop);
    }
  }

  @Test
  void oneIsWrittenAfterTheOtherAndWhoeverGivesUpIsNotWaitedFor() throws Exception {
    Semaphore going = new Semaphore(0);
    CountDownLatch first = new CountDownLatch(1);
    Quantizer quantizer =
        quantizer(() -> {
          first.countDown();
          going.acquireUninterruptibly();
          return Long.MAX_VALUE;
        });
    AtomicReference<Runnable> stop = new AtomicReference<>();
    Heard second = new Heard(stop::set);
    Heard third = new Heard(_ -> {});
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Outcome> one =
          threads.submit(
              () -> quantizer.run(weights, folder.resolve("1"), "Q8_0", 0, new Heard(_ -> {})));
      first.await();
      Future<Outcome> two =
          threads.submit(() -> quantizer.run(weights, folder.resolve("2"), "Q8_0", 0, second));
      second.waiting().await();
      Future<Outcome> three =
          threads.submit(() -> quantizer.run(weights, folder.resolve("3"), "Q8_0", 0, third));
      third.waiting().await();

      stop.get().run();
      assertThat(two.get()).isEqualTo(new Outcome.Failed("it was stopped"));
      assertThat(one.isDone()).isFalse();
      going.release(2);
      assertThat(one.get()).isEqualTo(new Outcome.Done());
      assertThat(three.get()).isEqualTo(new Outcome.Done());
    }
    assertThat(folder.resolve("2")).doesNotExist();
    assertThat(folder.resolve("3")).exists();
  }

  @Test
  void weightsThatNeedMoreMemoryThanThereIsAreRefusedWithBothNumbers() throws Exception {
    Outcome outcome =
        quantizer(() -> 1L << 30)
            .run(weights, folder.resolve("new"), "Q8_0", 6L << 30, new Heard(_ -> {}));
    assertThat(((Outcome.Failed) outcome).why()).contains("6.0 GiB", "1.0 GiB", "corral stop NAME");
    assertThat(folder.resolve("new")).doesNotExist();
  }

  @Test
  void whereAFileLiesIsNotToldWhenItIsRefused() throws Exception {
    Path junk = Files.writeString(folder.resolve("junk"), "no weights at all");
    assertThat(whyNot(junk, folder.resolve("new"), _ -> {}))
        .contains("the file")
        .doesNotContain(folder.toString());
    assertThat(folder.resolve("new")).doesNotExist();
  }

  @Test
  void aDiskThatIsFullIsToldInWordsAndTheHalfOfTheFileIsRemoved() throws Exception {
    assumeTrue(Files.exists(FULL), "a system without a disk that is always full");
    Path to = Files.createSymbolicLink(folder.resolve("new"), FULL);
    assertThat(whyNot(weights, to, _ -> {})).contains("disk", "full", "could not be written");
    assertThat(Files.exists(to, LinkOption.NOFOLLOW_LINKS)).isFalse();
  }

  @Test
  void whoeverStopsItFindsItEnded() throws Exception {
    AtomicBoolean inTurn = new AtomicBoolean();
    Consumer<Runnable> stopsTheProcess =
        stop -> {
          if (inTurn.getAndSet(true)) {
            stop.run();
          }
        };
    assertThat(whyNot(weights, folder.resolve("new"), stopsTheProcess)).isEqualTo("it was stopped");
  }
}
