package dev.corral.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.RunningCorral;
import dev.corral.api.ModelView.FitView;
import dev.corral.fit.Correction;
import dev.corral.fit.FitSettings;
import dev.corral.fit.Headers;
import dev.corral.fit.Here;
import dev.corral.gguf.Gguf;
import dev.corral.hardware.HostMemory;
import dev.corral.hardware.Inventory;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Whether models fit, as listings tell it while time goes by.
class GlancesTest {
  private static final long GIB = 1L << 30;
  private static final String DIGEST = "sha256:1";

  private final Gguf header = Headers.of("headers/llama-3.1-8b.Q4_K_M.gguf-header.gz");
  private final AtomicInteger read = new AtomicInteger();
  private volatile Optional<Gguf> there = Optional.of(header);
  private volatile Instant now = Instant.EPOCH;
  private volatile long free = 30 * GIB;
  private final Glances glances =
      new Glances(
          new Here(
              () -> new Inventory(List.of(), new HostMemory(32 * GIB, free, "test", now), now),
              () -> FitSettings.of(8192),
              Correction.Book.EMPTY,
              () -> now),
          _ -> {
            Optional<Gguf> found = there;
            read.incrementAndGet();
            return found;
          },
          () -> now);

  GlancesTest() throws IOException {}

  @Test
  void theFirstAnswerIsRoughAndTheExactOneFollowsFromTheHeader() {
    assertThat(glance().exact()).isFalse();
    awaitExact();
    assertThat(glance().verdict()).isEqualTo("perfect");
  }

  @Test
  void aHeaderIsReadOnceAndJudgedAnewWhenMemoryMoved() {
    FitView _ = glance();
    awaitExact();
    free = 4 * GIB;
    assertThat(glance().verdict()).as("what was just judged stays").isEqualTo("perfect");

    now = now.plusSeconds(61);

    assertThat(glance().verdict()).isEqualTo("wont");
    assertThat(glance().exact()).isTrue();
    assertThat(read).hasValue(1);
  }

  @Test
  void aRoughAnswerIsMadeAnewWhereNoHeaderCanBeRead() {
    there = Optional.empty();
    assertThat(glance().verdict()).isEqualTo("perfect");
    RunningCorral.await(() -> read.get() == 1, "the header was looked for");
    free = 4 * GIB;
    now = now.plusSeconds(61);

    assertThat(glance().verdict()).isEqualTo("wont");
    RunningCorral.await(() -> read.get() == 2, "it is looked for again");
    there = Optional.of(header);
    now = now.plusSeconds(61);
    FitView _ = glance();
    awaitExact();
  }

  private FitView glance() {
    return glances.here("llama3.1:8b", DIGEST, header.length()).orElseThrow();
  }

  private void awaitExact() {
    RunningCorral.await(() -> glance().exact(), "the header is read");
  }
}
