package dev.corral.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.corral.exchange.ExchangeEvent;
import dev.corral.exchange.ExchangeEvent.Outcome;
import dev.corral.fleet.FleetSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static final Gauges GAUGES =
      new Gauges("1.2.3", Duration.ofMillis(90_500), 3, 2, 1024, 7);
  private final Metrics metrics = new Metrics();

  @Test
  void anExchangeIsCountedByRouteOutcomeModelAndBackend() {
    metrics.accept(answered("llama3.2:1b", 200));
    metrics.accept(answered("llama3.2:1b", 404));
    metrics.accept(ended(Outcome.CLIENT_LEFT, 499));
    metrics.accept(ended(Outcome.BROKEN, 200));

    PrometheusText text = shown();
    assertThat(text.value("corral_requests_total{route=\"CHAT\",code=\"2xx\"}")).isEqualTo(1);
    assertThat(text.value("corral_requests_total{route=\"CHAT\",code=\"4xx\"}")).isEqualTo(1);
    assertThat(text.value("corral_requests_total{route=\"CHAT\",code=\"client-left\"}"))
        .isEqualTo(1);
    assertThat(text.value("corral_requests_total{route=\"CHAT\",code=\"broken\"}")).isEqualTo(1);
    assertThat(text.value("corral_exchange_outcomes_total{outcome=\"answered\"}")).isEqualTo(2);
    assertThat(text.value("corral_exchange_outcomes_total{outcome=\"refused\"}")).isZero();
    assertThat(text.value("corral_model_requests_total{model=\"llama3.2:1b\"}")).isEqualTo(2);
    assertThat(text.value("corral_backend_exchanges_total{backend=\"rig\",outcome=\"answered\"}"))
        .isEqualTo(2);
  }

  @Test
  void tokensAreAddedByDirectionAndByModel() {
    metrics.accept(answered("a", 200));
    metrics.accept(answered("b", 200));

    PrometheusText text = shown();
    assertThat(text.value("corral_tokens_total{direction=\"prompt\"}")).isEqualTo(52);
    assertThat(text.value("corral_tokens_total{direction=\"answer\"}")).isEqualTo(200);
    assertThat(text.value("corral_model_tokens_total{model=\"a\",direction=\"answer\"}"))
        .isEqualTo(100);
  }

  @Test
  void timesAndSpeedsFallIntoBucketsThatAddUp() {
    metrics.accept(answered("a", 200));
    metrics.accept(answered("a", 200));

    PrometheusText text = shown();
    assertThat(text.value("corral_first_byte_seconds_bucket{le=\"0.1\"}")).isZero();
    assertThat(text.value("corral_first_byte_seconds_bucket{le=\"0.25\"}")).isEqualTo(2);
    assertThat(text.value("corral_first_byte_seconds_bucket{le=\"+Inf\"}")).isEqualTo(2);
    assertThat(text.value("corral_first_byte_seconds_count")).isEqualTo(2);
    assertThat(text.value("corral_first_byte_seconds_sum")).isCloseTo(0.4, within(1e-9));
    assertThat(text.value("corral_tokens_per_second_bucket{le=\"30.0\"}")).isZero();
    assertThat(text.value("corral_tokens_per_second_bucket{le=\"50.0\"}")).isEqualTo(2);
    assertThat(text.value("corral_exchange_seconds_sum")).isCloseTo(6, within(1e-9));
  }

  @Test
  void afterFiftyModelsTheNextOnesAreCountedAsOther() {
    for (int i = 0; i < 60; i++) {
      metrics.accept(answered("model-" + i, 200));
    }
    PrometheusText text = shown();
    assertThat(text.value("corral_model_requests_total{model=\"model-49\"}")).isEqualTo(1);
    assertThat(text.samples()).doesNotContainKey("corral_model_requests_total{model=\"model-50\"}");
    assertThat(text.value("corral_model_requests_total{model=\"other\"}")).isEqualTo(10);
  }

  @Test
  void namesThatNobodyHasBecomeNoLabels() {
    metrics.accept(answered("no-such-model", 404));

    PrometheusText text = shown();
    assertThat(text.value("corral_model_requests_total{model=\"other\"}")).isEqualTo(1);
    assertThat(text.samples())
        .doesNotContainKey("corral_model_requests_total{model=\"no-such-model\"}");
  }

  @Test
  void aNameWithQuotesBackslashesAndLineBreaksBreaksNoLine() {
    metrics.accept(answered("a\"b\\c\nd\r\u0000{}", 200));

    assertThat(shown().value("corral_model_requests_total{model=\"a\\\"b\\\\c\\nd��{}\"}"))
        .isEqualTo(1);
  }

  @Test
  void whatIsSoNowIsShownWithIt() {
    PrometheusText text = shown();
    assertThat(text.value("corral_open_exchanges")).isEqualTo(3);
    assertThat(text.value("corral_waiting_exchanges")).isEqualTo(2);
    assertThat(text.value("corral_held_body_bytes")).isEqualTo(1024);
    assertThat(text.value("corral_log_entries_lost_total")).isEqualTo(7);
    assertThat(text.value("corral_uptime_seconds")).isEqualTo(90.5);
    assertThat(text.value("corral_build_info{version=\"1.2.3\"}")).isEqualTo(1);
    assertThat(text.value("jvm_memory_used_bytes{area=\"heap\"}")).isPositive();
  }

  private PrometheusText shown() {
    return PrometheusText.parse(metrics.render(new FleetSnapshot(List.of(), "none"), GAUGES));
  }

  private static ExchangeEvent answered(String model, int status) {
    return event(model, status, Outcome.ANSWERED);
  }

  private static ExchangeEvent ended(Outcome outcome, int status) {
    return event("", status, outcome);
  }

  /// 26 tokens read, 100 written in 2.5 s after a first byte at 0.2 s.
  private static ExchangeEvent event(String model, int status, Outcome outcome) {
    boolean answered = !model.isEmpty();
    return new ExchangeEvent(
        "x1",
        Instant.EPOCH,
        "CHAT",
        "local",
        model,
        model,
        answered ? "rig" : "",
        status,
        outcome,
        1,
        true,
        100,
        1000,
        answered ? 200_000_000L : -1,
        3_000_000_000L,
        answered ? 26 : -1,
        answered ? 100 : -1,
        false,
        2_500_000_000L);
  }
}
