package dev.corral.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SlowSendersTest {
  private static final long ENOUGH = 10 * 1024;

  private final List<AtomicLong> slow = new ArrayList<>();
  private final SlowSenders<AtomicLong> senders = new SlowSenders<>(AtomicLong::get, slow::add);

  private AtomicLong sender() {
    AtomicLong sender = new AtomicLong();
    senders.watch(sender);
    return sender;
  }

  @Test
  void whoSendsNothingBetweenTwoLooksIsToldOnce() {
    AtomicLong mute = sender();
    senders.look();
    assertThat(slow).as("the first look is free").isEmpty();
    senders.look();
    senders.look();
    assertThat(slow).containsExactly(mute);
  }

  @Test
  void aTrickleThatNeverStopsIsTooSlowToo() {
    AtomicLong trickle = sender();
    senders.look();
    trickle.addAndGet(ENOUGH - 1);
    senders.look();
    assertThat(slow).containsExactly(trickle);
  }

  @Test
  void whoKeepsSendingHasAllTheTimeThereIs() {
    AtomicLong steady = sender();
    for (int i = 0; i < 100; i++) {
      senders.look();
      steady.addAndGet(ENOUGH);
    }
    assertThat(slow).isEmpty();
  }

  @Test
  void whoseBodyHasComeIsNotLookedAtAnyMore() {
    AtomicLong done = sender();
    senders.forget(done);
    senders.look();
    senders.look();
    assertThat(slow).isEmpty();
  }
}
