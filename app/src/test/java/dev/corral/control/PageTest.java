package dev.corral.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.RouteWalk;
import dev.corral.access.Route;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Body;
import dev.corral.testkit.OllamaNode;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page, the probes, and who may come in at all.
class PageTest {
  private static final String BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8";

  @TempDir Path home;

  @Test
  void aBrowserGetsThePageAndEverybodyElseOllamasSentence() {
    try (RunningControl control = RunningControl.in(home)) {
      Answer page = control.get("/", "Accept", BROWSER);
      assertThat(page.text()).contains("Page of the tests");
      assertThat(page.headers().first("Content-Type")).contains("text/html; charset=utf-8");
      assertThat(page.headers().first("Content-Security-Policy").orElseThrow())
          .contains("default-src 'none'");
      assertThat(page.headers().first("Cache-Control")).contains("no-cache");

      Answer plain = control.get("/", "Accept", "*/*");
      assertThat(plain.text()).isEqualTo("Ollama is running");
      assertThat(plain.headers().first("Content-Type")).contains("text/plain; charset=utf-8");

      Answer head = control.ask("HEAD", "/", Body.EMPTY);
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.headers().first("Content-Length")).contains("17");
    }
  }

  @Test
  void anAssetIsKeptForEverAndNothingElseOfTheProgramIsAnAsset() {
    try (RunningControl control = RunningControl.in(home)) {
      Answer asset = control.get("/assets/main-TEST0001.js");
      assertThat(asset.text()).contains("hello");
      assertThat(asset.headers().first("Content-Type")).contains("text/javascript; charset=utf-8");
      assertThat(asset.headers().first("Cache-Control").orElseThrow()).contains("immutable");
      assertThat(control.get("/assets/main-NONE0001.js").status()).isEqualTo(404);
      assertThat(control.get("/assets/..%2Findex.html").status()).isEqualTo(404);
      assertThat(control.get("/assets/..").status()).isEqualTo(404);
      assertThat(control.get("/assets/../index.html").status()).isEqualTo(404);
    }
  }

  @Test
  void itIsReadyOnceABackendAnswersAndNothingElseIsWrong() {
    try (OllamaNode node = OllamaNode.start();
        RunningControl control = RunningControl.in(home, node)) {
      assertThat(control.get("/health/ready").text()).isEqualTo("ready\n");
      control.unready.add("the database is not open");
      Answer no = control.get("/health/ready");
      assertThat(no.status()).isEqualTo(503);
      assertThat(no.text()).isEqualTo("not ready: the database is not open\n");
    }
  }

  @Test
  void withoutABackendItLivesAndIsNotReady() {
    try (RunningControl control = RunningControl.in(home)) {
      assertThat(control.get("/health/live").status()).isEqualTo(200);
      Answer no = control.get("/health/ready");
      assertThat(no.status()).isEqualTo(503);
      assertThat(no.text()).contains("there is no backend");
      assertThat(control.ask("HEAD", "/health/ready", Body.EMPTY).status()).isEqualTo(503);
    }
  }

  @Test
  void theStartIsOverWhenItIsOver() {
    try (RunningControl control = RunningControl.in(home)) {
      assertThat(control.get("/health/started").status()).isEqualTo(200);
      control.started = false;
      assertThat(control.get("/health/started").status()).isEqualTo(503);
    }
  }

  @Test
  void metricsAreTextForPrometheus() {
    try (RunningControl control = RunningControl.in(home)) {
      Answer metrics = control.get("/metrics");
      assertThat(metrics.headers().first("Content-Type"))
          .contains("text/plain; version=0.0.4; charset=utf-8");
      assertThat(metrics.text()).isEqualTo("# metrics\n");
    }
  }

  @Test
  void withKeysInForceNobodyEntersWithoutOne() {
    try (RunningControl control = RunningControl.withKeysInForce(home)) {
      RouteWalk.nobodyEntersWithoutAKey(control.port(), Set.of(Route.METRICS));
    }
  }
}
