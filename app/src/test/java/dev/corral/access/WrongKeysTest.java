package dev.corral.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WrongKeysTest {
  private final SteppedClock clock = new SteppedClock();
  private final WrongKeys wrong = new WrongKeys(clock);

  private int noteAll(String address) {
    int wait = 0;
    for (int i = 0; i < WrongKeys.MOST; i++) {
      wait = wrong.note(address);
    }
    return wait;
  }

  @Test
  void whoTriesTooOftenIsToldWhenToComeBackAndThenCountsAnew() {
    assertThat(noteAll("203.0.113.7")).isZero();
    clock.step(Duration.ofMillis(20_500));
    assertThat(wrong.note("203.0.113.7")).isEqualTo(40);
    assertThat(wrong.note("203.0.113.8")).as("somebody else").isZero();
    clock.step(Duration.ofSeconds(40));
    assertThat(noteAll("203.0.113.7")).isZero();
    assertThat(wrong.note("203.0.113.7")).isEqualTo(60);
  }

  @Test
  void theAddressesOfOneNetworkOfVersionSixCountTogether() {
    noteAll("2001:db8:0:1::1");
    assertThat(wrong.note("2001:db8:0:1:ffff::2")).isPositive();
    assertThat(wrong.note("2001:db8:0:2::1")).isZero();
  }

  @Test
  void theOldestIsForgottenWhereTooManyTry() {
    noteAll("203.0.113.7");
    for (int i = 0; i < WrongKeys.ADDRESSES - 1; i++) {
      assertThat(wrong.note("10.0." + i / 256 + "." + i % 256)).isZero();
    }
    assertThat(wrong.note("203.0.113.7")).isPositive();
    assertThat(wrong.note("198.51.100.1")).isZero();
    assertThat(wrong.note("203.0.113.7")).as("forgotten").isZero();
  }
}
