package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.testkit.Await;
import dev.corral.testkit.RawClient;
import org.junit.jupiter.api.Test;

/// What the launcher's training run asks of a server is what servers are asked.
class ServerTrainingTest {
  @Test
  void everyKindOfCallIsAnsweredByTheNodeThatItBringsAlong() throws Exception {
    try (RunningCorral corral =
        RunningCorral.alone("backends: [{name: none, url: \"http://127.0.0.1:1\"}]")) {
      assertThat(ServerTraining.run("http://127.0.0.1:" + corral.port(), 1, Await.LONG)).isZero();
      String counted = RawClient.get(corral.port(), "/metrics").text();
      for (String route : new String[] {"V1_CHAT", "CHAT", "GENERATE", "EMBED", "V1_EMBEDDINGS"}) {
        assertThat(counted)
            .containsPattern("corral_requests_total\\{route=\"" + route + "\",code=\"2xx\"} [1-9]");
      }
      assertThat(counted).as("an error is trained too").containsPattern("code=\"[45]xx\"");
    }
  }

  @Test
  void aServerThatIsNotThereIsNoTraining() {
    assertThat(ServerTraining.run("http://127.0.0.1:1", 1, Await.LONG)).isEqualTo(1);
  }
}
