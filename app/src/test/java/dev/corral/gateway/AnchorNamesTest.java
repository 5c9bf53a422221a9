package dev.corral.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.RunningCorral;
import dev.corral.blobs.Folders;
import dev.corral.blobs.Shop;
import dev.corral.blobs.Store;
import dev.corral.testkit.Answer;
import dev.corral.testkit.OllamaNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a name meant before lies under names that no caller may use, whichever node has them.
class AnchorNamesTest {
  private static final String ANCHOR = "corral/anchor:markov-a-1";

  /// Method, path and body of every call that could read, write or remove an anchor.
  private static final List<List<String>> CALLS =
      List.of(
          List.of("POST", "/api/copy", "{'source':'markov-a','destination':'%s'}"),
          List.of("POST", "/api/copy", "{'source':'%s','destination':'mine'}"),
          List.of("DELETE", "/api/delete", "{'model':'%s'}"),
          List.of("POST", "/api/create", "{'model':'%s','from':'markov-a'}"),
          List.of("POST", "/api/create", "{'model':'mine','from':'%s'}"),
          List.of("POST", "/api/pull", "{'model':'%s'}"),
          List.of("POST", "/api/push", "{'model':'%s'}"));

  private static void allRefused(RunningCorral corral) {
    for (String name : List.of(ANCHOR, ANCHOR.replace("anchor", "Anchor"))) {
      for (List<String> call : CALLS) {
        String body = call.get(2).formatted(name).replace('\'', '"');
        Answer answer = corral.manage(call.get(0), call.get(1), body);
        assertThat(answer.status()).as(call + name).isEqualTo(403);
        assertThat(answer.json().path("error").asText())
            .startsWith("'" + name + "' is how Corral keeps what a name meant before");
      }
    }
  }

  @Test
  void nobodyTouchesAnAnchorOnAnOllamaNode() {
    try (OllamaNode node = OllamaNode.start();
        RunningCorral corral = RunningCorral.inFrontOf(node)) {
      List<String> before = node.modelNames();

      allRefused(corral);

      assertThat(node.modelNames()).isEqualTo(before);
    }
  }

  @Test
  void nobodyTouchesAnAnchorInOurOwnStore() throws Exception {
    String own = "engine: {enabled: true}\nstore: {ollama: 'off', reserve: '0'}\n";
    try (RunningCorral corral = RunningCorral.alone(own);
        Store store = Store.open(Folders.own(corral.home().resolve("models")), _ -> {})) {
      Shop.publish(store, "markov-a", "weights", "You are a hen.");

      allRefused(corral);

      assertThat(store.find(Shop.name(ANCHOR))).isEmpty();
    }
  }
}
