package dev.corral.blobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A program that is killed in the middle of its work.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class KillTest {
  @TempDir private Path folder;

  /// Starts a process on the store and kills it after it has told so many turns.
  private void killAfter(int turns, Class<?> main, String told) throws Exception {
    Process victim =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
      for (int i = 0; i < turns; i++) {
        assertThat(lines.readLine()).startsWith(told);
      }
    } finally {
      victim.destroyForcibly().waitFor();
    }
  }

  /// @param turns how many models the victim publishes before it is killed, in the next one
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void afterAKillEachModelIsThereAsAWholeOrNotAtAllAndTheWorkIsTidiedUp(int turns)
      throws Exception {
    killAfter(turns, Victim.class, "published");
    assertThat(work()).isNotEmpty();

    try (Store store = Store.open(Folders.own(folder), notice -> assertThat(notice).isNull())) {
      assertThat(store.list()).hasSizeGreaterThanOrEqualTo(turns).allMatch(StoredModel::whole);
      for (StoredModel model : store.list()) {
        assertThat(store.find(model.name()).orElseThrow().texts().system())
            .isEqualTo("prompt of " + model.name().model());
      }
      assertThat(work()).allMatch(file -> file.endsWith("alive")).hasSize(1);
    }
  }

  /// Models that come and go between names and trash, until a kill: each is in one of the two.
  @ParameterizedTest
  @ValueSource(ints = {1, 4, 9})
  void afterAKillEachModelIsListedOrInTheTrashAndNothingIsLost(int turns) throws Exception {
    killAfter(turns, Mover.class, "moved");

    try (Store store = Store.open(Folders.own(folder), notice -> assertThat(notice).isNull())) {
      for (int i = 0; i < Mover.MODELS; i++) {
        String model = "hen" + i;
        boolean trashed =
            store.trash().items().stream().anyMatch(item -> item.name().model().equals(model));
        assertThat(store.find(Shop.name(model)).isPresent()).isNotEqualTo(trashed);
        Trash.Restored _ = store.trash().restore(model);
        assertThat(store.find(Shop.name(model)).orElseThrow().whole()).isTrue();
      }
      assertThat(store.trash().items()).isEmpty();
      assertThat(Shop.files(folder.resolve(".corral/trash"))).isEmpty();
    }
  }

  /// Moves models to the trash and back without end.
  static final class Mover {
    static final int MODELS = 3;

    private Mover() {}

    public static void main(String[] args) throws StoreFailure {
      Store store = Store.open(Folders.own(Path.of(args[0])), _ -> {});
      for (int i = 0; i < MODELS; i++) {
        Shop.publish(store, "hen" + i, "cluck", "prompt of hen" + i);
      }
      for (int i = 0; ; i++) {
        String model = "hen" + i % MODELS;
        if (!store.trash().take(Shop.name(model))) {
          Trash.Restored _ = store.trash().restore(model);
        }
        System.out.println("moved " + i);
      }
    }
  }

  private List<String> work() throws IOException {
    return Shop.files(folder.resolve(".corral/work"));
  }

  /// Publishes models without end, with an upload open all the time.
  static final class Victim {
    private Victim() {}

    public static void main(String[] args) throws StoreFailure {
      Store store = Store.open(Folders.own(Path.of(args[0])), _ -> {});
      Upload open = store.beginBlob(0);
      open.write(ByteBuffer.wrap(Shop.bytes("half a blob")));
      for (int i = 0; ; i++) {
        Shop.publish(store, "hen" + i, "weights", "prompt of hen" + i);
        System.out.println("published " + i);
      }
    }
  }
}
