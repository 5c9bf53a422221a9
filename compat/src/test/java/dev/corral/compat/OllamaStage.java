package dev.corral.compat;

import dev.corral.Wiring;
import dev.corral.testkit.Await;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.Pace;
import dev.corral.testkit.TestModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Corral in front of a node that answers as Ollama does.
record OllamaStage(OllamaNode node, Wiring corral) implements Backend.Stage {
  /// Slow enough that the whole answer never lies in a buffer, so that a client can leave early.
  private static final TestModel ENDLESS =
      TestModel.loops("endless", " and on").at(Pace.perToken(Duration.ofMillis(5)));

  static OllamaStage start(Path home) throws IOException {
    OllamaNode node = OllamaNode.builder().model(ENDLESS).start();
    Wiring corral =
        Backend.corral(home, "backends:\n  - {name: one, url: \"" + node.url() + "\"}\n");
    Await.until(corral::looked, "the node has been looked at");
    return new OllamaStage(node, corral);
  }

  @Override
  public int port() {
    return corral.port();
  }

  @Override
  public List<String> models() {
    return node.modelNames();
  }

  @Override
  public String endless() {
    return ENDLESS.name();
  }

  @Override
  public void awaitCancelled(String chatPath) {
    node.exchanges(chatPath).getLast().awaitCancelled(Await.LONG);
  }

  @Override
  public void close() {
    corral.close();
    node.close();
  }
}
