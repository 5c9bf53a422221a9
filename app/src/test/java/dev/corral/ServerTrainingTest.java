package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.testkit.Await;
import dev.corral.testkit.RawClient;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What the launcher's training run asks of a server is what servers are asked.
class ServerTrainingTest {
  @Test
  void everyKindOfCallIsAnsweredByTheNodeThatItBringsAlong() throws Exception {
    try (RunningCorral corral =
        RunningCorral.alone("backends: [{name: none, url: \"http://127.0.0.1:1\"}]")) {
      assertThat(ServerTraining.run("http://127.0.0.1:" + corral.port(), 1, Await.LONG)).isZero();
      // What is over for its caller is counted a moment later.
      for (String route : new String[] {"V1_CHAT", "CHAT", "GENERATE", "EMBED", "V1_EMBEDDINGS"}) {
        awaitCounted(corral, "corral_requests_total\\{route=\"" + route + "\",code=\"2xx\"} [1-9]");
      }
      awaitCounted(corral, "code=\"[45]xx\"");
    }
  }

  private static void awaitCounted(RunningCorral corral, String sample) {
    Pattern wanted = Pattern.compile(sample);
    RunningCorral.await(
        () -> wanted.matcher(RawClient.get(corral.port(), "/metrics").text()).find(),
        sample + " is told");
  }

  @Test
  void aServerThatIsNotThereIsNoTraining() {
    assertThat(ServerTraining.run("http://127.0.0.1:1", 1, Await.LONG)).isEqualTo(1);
  }
}
