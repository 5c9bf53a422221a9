package dev.corral.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.testkit.Content;
import dev.corral.testkit.Mischief;
import dev.corral.testkit.RegistryDouble;
import dev.corral.testkit.RegistryDouble.ImageLayer;
import dev.corral.testkit.Where;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// When jobs work, and which of them first.
class HoursTest {
  private static final Content WEIGHTS = Content.random(2_000_000, 1);

  @TempDir private Path folder;

  @Test
  void aWindowMayReachOverMidnight() {
    Window night = Window.parse("22:30 - 6:00").orElseThrow();
    assertThat(night.open(LocalTime.of(23, 0))).isTrue();
    assertThat(night.open(LocalTime.of(5, 59))).isTrue();
    assertThat(night.open(LocalTime.of(6, 0))).isFalse();
    assertThat(night.open(LocalTime.of(22, 29))).isFalse();
    Window noon = Window.parse("12:00-13:00").orElseThrow();
    assertThat(noon.open(LocalTime.of(12, 0))).isTrue();
    assertThat(noon.open(LocalTime.of(13, 0))).isFalse();
    assertThat(Window.parse(" ")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1-2", "01:00", "25:00-26:00", "01:00-01:00", "at night"})
  void whatIsNoWindowIsRefusedWithAnExample(String text) {
    assertThatThrownBy(() -> Window.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("01:00-06:30");
  }

  /// An hour that ended a while ago, whatever the time is.
  private static String elsewhere() {
    LocalTime now = LocalTime.now(ZoneId.systemDefault());
    return "%tR-%tR".formatted(now.minusHours(3), now.minusHours(2));
  }

  @Test
  void outsideTheWindowAJobWaitsAndSaysForWhatUnlessSomebodyWantsItNow() {
    try (RegistryDouble registry = RegistryDouble.start();
        Yard yard = new Yard(folder, registry)) {
      registry.publish("ns/m:t", Yard.CONFIG, new ImageLayer("model", WEIGHTS));
      String name = "127.0.0.1:" + registry.port() + "/ns/m:t";
      yard.hours(elsewhere());
      Pull waiting =
          yard.await(yard.ask(name).id(), pull -> pull.problem().text().contains("pull.window"));
      assertThat(waiting.state()).isEqualTo(PullState.QUEUED);
      assertThat(registry.exchanges()).isEmpty();

      assertThat(yard.pulls().resume(waiting.id())).isTrue();
      assertThat(yard.awaitEnd(waiting.id()).state()).isEqualTo(PullState.DONE);
    }
  }

  @Test
  void whenTheWindowShutsAJobKeepsWhatItHasAndGoesOnWhenItOpens() {
    try (RegistryDouble registry = RegistryDouble.start();
        Yard yard = new Yard(folder, registry)) {
      registry.publish("ns/m:t", Yard.CONFIG, new ImageLayer("model", WEIGHTS));
      registry.play(Mischief.heldFrom(400_000), Where.everywhere());
      Pull job = yard.ask("127.0.0.1:" + registry.port() + "/ns/m:t");
      yard.await(job.id(), pull -> pull.bytesDone() > 300_000);
      yard.hours(elsewhere());
      Pull shut = yard.await(job.id(), pull -> pull.state() == PullState.QUEUED);
      assertThat(shut.bytesDone()).isGreaterThan(300_000);
      registry.behave();
      yard.hours("");
      assertThat(yard.awaitEnd(job.id()).state()).isEqualTo(PullState.DONE);
    }
  }

  @Test
  void whoCouldNotWaitForTheWindowNeedNotSayItAgainAfterARestart() {
    try (RegistryDouble registry = RegistryDouble.start();
        Yard yard = new Yard(folder, registry)) {
      registry.publish("ns/m:t", Yard.CONFIG, new ImageLayer("model", WEIGHTS));
      registry.play(Mischief.heldFrom(200_000), Where.everywhere());
      yard.hours(elsewhere());
      Pull job = yard.ask("127.0.0.1:" + registry.port() + "/ns/m:t");
      assertThat(yard.pulls().resume(job.id())).isTrue();
      yard.await(job.id(), pull -> pull.bytesDone() > 100_000);
      yard.stop();
      yard.start(Optional.empty());
      yard.hours(elsewhere());
      registry.behave();
      assertThat(yard.awaitEnd(job.id()).state()).isEqualTo(PullState.DONE);
    }
  }

  @Test
  void thatSomebodyWaitsForWhatWasPrefetchedIsWrittenDownAtOnce() {
    try (Yard yard = new Yard(folder, new String[0])) {
      yard.hours(elsewhere());
      Pull early = yard.pulls().ask(Yard.name("fox"), Pulls.OWN, Pulls.PREFETCH);
      assertThat(early.wanted()).isFalse();
      assertThat(yard.ask("fox").id()).isEqualTo(early.id());
      yard.stop();
      yard.start(Optional.empty());
      assertThat(yard.pulls().find(early.id()).orElseThrow().wanted()).isTrue();
    }
  }

  @Test
  void whatIsPrefetchedMakesRoomForWhatSomebodyWaitsFor() {
    try (RegistryDouble registry = RegistryDouble.start();
        Yard yard = new Yard(folder, registry)) {
      registry.publish("ns/m:t", Yard.CONFIG, new ImageLayer("model", WEIGHTS));
      registry.publish(
          "ns/m:u", Yard.CONFIG, new ImageLayer("model", Content.random(1_000_000, 2)));
      registry.play(Mischief.heldFrom(200_000), Where.everywhere());
      String wish = "127.0.0.1:" + registry.port() + "/ns/m:t";
      Pull early = yard.pulls().ask(Yard.name(wish), Pulls.OWN, Pulls.PREFETCH);
      yard.await(early.id(), pull -> pull.bytesDone() > 100_000);

      Pull wanted = yard.ask(wish.replace(":t", ":u"));
      yard.await(early.id(), pull -> pull.state() == PullState.QUEUED);
      registry.behave();
      Pull done = yard.awaitEnd(wanted.id());
      assertThat(done.state()).isEqualTo(PullState.DONE);
      Pull later = yard.awaitEnd(early.id());
      assertThat(later.state()).isEqualTo(PullState.DONE);
      assertThat(later.endedAt()).isAfterOrEqualTo(done.endedAt());
    }
  }

  @Test
  void atFirstTheTimeLeftIsARangeAndLaterOneNumber() {
    Rate rate = new Rate();
    long second = Duration.ofSeconds(1).toNanos();
    rate.add(0, 0);
    rate.add(second, 1_000);
    assertThat(rate.left(100_000)).as("nobody knows yet").isEmpty();
    rate.add(2 * second, 5_000);
    rate.add(4 * second, 8_000);
    assertThat(rate.left(100_000)).isEqualTo(Optional.of(new Rate.Left(50, 100)));
    for (int i = 5; i <= 40; i++) {
      rate.add(i * second, 2_000L * i);
    }
    assertThat(rate.left(100_000)).isEqualTo(Optional.of(new Rate.Left(50, 50)));
  }
}
