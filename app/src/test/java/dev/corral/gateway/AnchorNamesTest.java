package dev.corral.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.RunningCorral;
import dev.corral.blobs.Folders;
import dev.corral.blobs.Shop;
import dev.corral.blobs.Store;
import dev.corral.dialect.Call;
import dev.corral.dialect.Peek;
import dev.corral.dialect.Peeked;
import dev.corral.route.Decision;
import dev.corral.route.Plan;
import dev.corral.route.Refusal;
import dev.corral.route.Stall;
import dev.corral.testkit.Answer;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RawClient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a name meant before lies under names that no caller may use, whichever node has them.
class AnchorNamesTest {
  private static final String ANCHOR = "corral/anchor:markov-a-1";

  private static final String COPY = "{\"source\":\"markov-a\",\"destination\":\"%s\"}";

  /// Method, path and body of every call that could read, write or remove an anchor.
  private static final List<List<String>> CALLS =
      List.of(
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
  void aCopyOverWhatIsKeptIsRefused() {
    GatewaySettings.Anchored kept =
        new GatewaySettings.Anchored(() -> true, name -> name.equals(ANCHOR) ? "markov-a" : name);
    Peek peek = new Peek(Call.COPY);
    byte[] body = COPY.formatted(ANCHOR).getBytes(StandardCharsets.UTF_8);
    peek.feed(ByteBuffer.wrap(body));
    Peeked.Body copy = (Peeked.Body) peek.finish();

    Decision over = Errands.plan(copy, Stall.fleet(Stall.node("one")), _ -> true, kept::keeps);
    Decision beside = Errands.plan(copy, Stall.fleet(Stall.node("one")), _ -> true, _ -> false);

    assertThat(over)
        .isInstanceOfSatisfying(
            Refusal.class, no -> assertThat(no.kind()).isEqualTo(Refusal.Kind.RESERVED));
    assertThat(beside).isInstanceOf(Plan.class);
  }

  @Test
  void aCopyOntoANameThatKeepsNothingPassesAsTheNodeAllowsIt() {
    try (OllamaNode node = OllamaNode.start();
        RunningCorral corral = RunningCorral.inFrontOf(node)) {
      Answer answer = RawClient.post(corral.port(), "/api/copy", COPY.formatted(ANCHOR));

      assertThat(answer.status()).as(answer.text()).isEqualTo(200);
      assertThat(node.modelNames()).contains(ANCHOR);
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
