package dev.corral.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.blobs.Marks;
import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.testkit.Content;
import dev.corral.testkit.Mischief;
import dev.corral.testkit.RegistryDouble;
import dev.corral.testkit.RegistryDouble.ImageLayer;
import dev.corral.testkit.Where;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A blob that a disk has damaged, and what it takes to make it whole.
class RepairTest {
  private static final int BIT = 1000;

  /// A piece and a bit.
  private static final Content WEIGHTS = Content.random(Marks.PIECE + BIT, 5);

  private static final String BLOB = RegistryDouble.blobPath("ns/m", WEIGHTS.digest());

  @TempDir private Path folder;
  private final RegistryDouble registry = RegistryDouble.start();
  private Yard yard;

  @BeforeEach
  void pull() {
    yard = new Yard(folder, registry);
    registry.publish("ns/m:t", Yard.CONFIG, new ImageLayer("model", WEIGHTS));
    assertThat(yard.pull(name()).state()).isEqualTo(PullState.DONE);
    registry.forgetExchanges();
  }

  @AfterEach
  void close() {
    yard.close();
    registry.close();
  }

  private String name() {
    return "127.0.0.1:" + registry.port() + "/ns/m:t";
  }

  private Layer layer() {
    return yard.model(name()).weightsLayer().orElseThrow();
  }

  private Path file() {
    return yard.model(name()).weights().orElseThrow();
  }

  private Repair.End repair() {
    return yard.pulls().repair().repair(Yard.name(name()), layer(), _ -> {});
  }

  private void flip(long at) throws IOException {
    try (FileChannel file =
        FileChannel.open(file(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      int _ = file.read(one, at);
      one.put(0, (byte) (one.get(0) ^ 1));
      int _ = file.write(one.flip(), at);
    }
  }

  private static byte[] readAt(FileChannel file, long at) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(10);
    int _ = file.read(bytes, at);
    return bytes.array();
  }

  @Test
  void onlyThePieceThatIsDamagedIsFetchedAgain() throws Exception {
    flip(Marks.PIECE + 77);
    Repair.End end = repair();
    assertThat(end).isEqualTo(new Repair.End.Whole(BIT));
    assertThat(Digest.of(Files.readAllBytes(file()))).hasToString(WEIGHTS.digest());
    assertThat(Yard.bytesAsked(registry, BLOB)).isEqualTo(BIT);
    assertThat(yard.files(".corral/partial")).isEmpty();
  }

  @Test
  void whoeverHasTheDamagedFileOpenGoesOnWithIt() throws Exception {
    flip(5);
    try (FileChannel runner = FileChannel.open(file(), StandardOpenOption.READ)) {
      byte[] before = readAt(runner, 0);
      assertThat(repair()).isInstanceOf(Repair.End.Whole.class);
      assertThat(readAt(runner, 0)).as("the file that is open stays as it was").isEqualTo(before);
      assertThat(before[5]).isNotEqualTo(WEIGHTS.bytes()[5]);
      assertThat(Digest.of(Files.readAllBytes(file()))).hasToString(WEIGHTS.digest());
    }
  }

  @Test
  void aBlobThatIsGoneOrShortIsFetchedAsAWhole() throws Exception {
    Layer layer = layer();
    Path file = file();
    try (FileChannel cut = FileChannel.open(file, StandardOpenOption.WRITE)) {
      cut.truncate(100);
    }
    Repair.End end = yard.pulls().repair().repair(Yard.name(name()), layer, _ -> {});
    assertThat(end).isEqualTo(new Repair.End.Whole(WEIGHTS.size()));
    Files.delete(file);
    end = yard.pulls().repair().repair(Yard.name(name()), layer, _ -> {});
    assertThat(end).isEqualTo(new Repair.End.Whole(WEIGHTS.size()));
    assertThat(Files.size(file)).isEqualTo(WEIGHTS.size());
  }

  @Test
  void aRegistryThatHasItNoMoreIsNamedAndTheOldFileStays() throws Exception {
    flip(5);
    registry.play(Mischief.status(404), Where.path(BLOB));
    Repair.End end = repair();
    assertThat(end).isInstanceOf(Repair.End.Failed.class);
    assertThat(((Repair.End.Failed) end).problem().cause()).isEqualTo(Pull.Cause.MISSING);
    assertThat(file()).exists();
  }

  @Test
  void aRepairThatIsStoppedBeforeItFetchesLeavesAllAsItWas() throws Exception {
    flip(5);
    Repair repair = yard.pulls().repair();
    repair.stop();
    assertThat(repair.repair(Yard.name(name()), layer(), _ -> {}))
        .isEqualTo(new Repair.End.Stopped());
    assertThat(registry.exchanges()).isEmpty();
    assertThat(yard.files(".corral/partial")).noneMatch(name -> name.endsWith(".note"));
    assertThat(repair()).isEqualTo(new Repair.End.Whole(Marks.PIECE));
  }

  @Test
  void whatIsDoneOnTheDiskAloneIsNoSilenceOfTheRegistry() throws Exception {
    flip(Marks.PIECE + 77);
    Repair repair = yard.pulls().repair();
    List<Boolean> asking = new CopyOnWriteArrayList<>();
    assertThat(repair.asking()).as("before it looks for what is right").isFalse();
    Repair.End end = repair.repair(Yard.name(name()), layer(), _ -> asking.add(repair.asking()));
    assertThat(end).isEqualTo(new Repair.End.Whole(BIT));
    assertThat(repair.asking()).isFalse();
    assertThat(asking).containsOnly(true);
    int mebibytes = (int) (Marks.PIECE >> 20);
    assertThat(asking).as("told while all of it is hashed too").hasSizeGreaterThan(mebibytes);
  }

  @Test
  void lookingForWhatIsDamagedEndsAtTheNextPiece() throws Exception {
    flip(5);
    flip(Marks.PIECE + 5);
    Marks marks = yard.store().marks(layer().digest()).orElseThrow();
    assertThat(marks.damaged(file(), () -> false)).hasSize(2);
    AtomicInteger looks = new AtomicInteger();
    assertThat(marks.damaged(file(), () -> looks.getAndIncrement() > 0)).hasSize(1);
  }
}
