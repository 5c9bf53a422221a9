package dev.corral.door;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.corral.RunningCorral;
import dev.corral.testkit.Body;
import dev.corral.testkit.Headers;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RawClient;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Clients that are connected and say nothing, as many as this process may have.
class IdleTest {
  private static final int MOST = 2_000;

  /// Both ends of each connection lie in this process, and others want files too.
  private static final int FILES_EACH = 4;

  private static int clients() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? (int)
            Math.min(
                MOST,
                (unix.getMaxFileDescriptorCount() - unix.getOpenFileDescriptorCount()) / FILES_EACH)
        : FILES_EACH;
  }

  @Test
  void whoSaysNothingKeepsNobodyOutAndIsServedWhenItSpeaks() {
    List<RawClient> idle = new ArrayList<>();
    try (OllamaNode node = OllamaNode.start();
        RunningCorral corral = RunningCorral.inFrontOf(node)) {
      for (int i = clients(); i > 0; i--) {
        idle.add(RawClient.connect(corral.port()));
      }
      assertThat(RawClient.get(corral.port(), "/api/tags").status()).isEqualTo(200);
      for (RawClient client : List.of(idle.getFirst(), idle.get(idle.size() / 2), idle.getLast())) {
        assertThat(
                client.request("GET", "/api/version", Headers.of(), Body.EMPTY).answer().status())
            .isEqualTo(200);
      }
    } finally {
      idle.forEach(RawClient::close);
    }
  }
}
