package dev.corral.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.registry.Trouble;
import dev.corral.registry.Trouble.Kind;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How long a registry that fails is asked again.
class BackoffTest {
  private static final Duration GIVE_UP = Duration.ofMillis(300);

  /// As in [Yard#QUICK], and given up soon.
  private static final FetchSettings HASTY =
      new FetchSettings(
          1,
          1,
          1,
          Duration.ofSeconds(1),
          Duration.ofMillis(5),
          Duration.ofMillis(50),
          3,
          GIVE_UP,
          1,
          Duration.ofSeconds(60),
          Duration.ofMillis(50));

  /// Zero is also what a date comes to that is over by our clock.
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 6})
  void aRegistryThatWantsToBeAskedAtOnceAndNeverAnswersIsGivenUpAsAnyOther(long millis) {
    Backoff backoff = new Backoff(HASTY);
    Trouble busy = new Trouble(Kind.AWAY, "busy", "", Optional.of(Duration.ofMillis(millis)));
    int tries = 1;
    while (backoff.failed(busy)) {
      assertThat(++tries).as("tries").isLessThan(500);
      assertThat(backoff.awaitTurn(new Stop())).isTrue();
    }
    assertThat(backoff.nanosSinceByte()).isGreaterThanOrEqualTo(GIVE_UP.toNanos());
  }
}
