package dev.corral.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the operator may write, and what each value means.
class EngineSettingsTest {
  @ParameterizedTest
  @CsvSource({
    "5m,300",
    "300,300",
    "0,0",
    "1h30m,5400",
    "24h,86400",
    "1.5,1",
    "10s,10",
    "7d,604800"
  })
  void timesToKeepAModelAreReadAsOllamaReadsThem(String text, long seconds) {
    assertThat(KeepAlive.parse(text).toSeconds()).isEqualTo(seconds);
  }

  @ParameterizedTest
  @CsvSource({"-1", "-1m", "-1s", "-5", "1000000h", "9999999999999999999"})
  void negativeAndEndlessTimesKeepItForEver(String text) {
    assertThat(KeepAlive.parse(text)).isEqualTo(KeepAlive.FOREVER).isNegative();
  }

  @ParameterizedTest
  @CsvSource({"soon", "5x", "''", "m", "5m3"})
  void anythingElseIsRefusedWithExamples(String text) {
    assertThatThrownBy(() -> KeepAlive.parse(text)).hasMessageContaining("5m, 300, 0 or -1");
  }

  @Test
  void theDefaultsAreThoseOfTheDocumentation() {
    EngineSettings usual = EngineSettings.defaults();
    assertThat(usual.idleTime()).isEqualTo(Duration.ofMinutes(5));
    assertThat(usual.defaultContext()).isEqualTo(4096);
    assertThat(usual.memoryShare()).isEqualTo(0.8);
    assertThat(usual.parallelSlots()).isEmpty();
    assertThat(usual.maxLoaded()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({"parallel,0", "parallel,many", "parallel,65", "parallel,-1"})
  void aNumberOutOfBoundsIsRefusedByItsName(String name, String value) {
    EngineSettings usual = EngineSettings.defaults();
    assertThatThrownBy(() ->
            new EngineSettings(
                "auto",
                "auto",
                "auto",
                value,
                true,
                "5m",
                3,
                "80%",
                "auto",
                "auto",
                usual.llamaServer()))
        .hasMessage(name + " is auto or a number from 1 to 64, not '" + value + "'");
  }

  @ParameterizedTest
  @CsvSource({"0%", "101%", "80", "lots"})
  void aShareOfMemoryIsAPercentage(String share) {
    assertThatThrownBy(() ->
            new EngineSettings(
                "auto", "auto", "auto", "auto", true, "5m", 3, share, "auto", "auto", ""))
        .hasMessageContaining("memory is a share of what is free at load, 1% to 100%");
  }
}
