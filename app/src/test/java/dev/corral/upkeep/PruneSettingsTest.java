package dev.corral.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PruneSettingsTest {
  @ParameterizedTest
  @CsvSource({"5m, PT5M", "12h, PT12H", "30d, PT720H", "2w, PT336H", "' 1 W ', PT168H"})
  void aSpanOfTimeIsWrittenWithItsUnit(String text, Duration meant) {
    assertThat(PruneSettings.span(text)).isEqualTo(meant);
  }

  @Test
  void whatIsNoneIsRefusedWithAnExample() {
    assertThatThrownBy(() -> new PruneSettings("30 days", "", "")).hasMessageContaining("30d");
    assertThatThrownBy(() -> new PruneSettings("", "25:00", "")).hasMessageContaining("04:30");
    assertThatThrownBy(() -> new PruneSettings("", "", "much")).hasMessageContaining("10GiB");
  }

  @Test
  void aTimeAloneClearsNothingAway() {
    assertThat(new PruneSettings("", "04:30", "").on()).isFalse();
    assertThat(new PruneSettings("30d", "", "").on()).isTrue();
    assertThat(new PruneSettings("", "", "50GiB").on()).isTrue();
  }
}
