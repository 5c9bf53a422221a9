package dev.corral.compat;

import dev.corral.Wiring;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Who answers behind Corral: every client is tried with each.
enum Backend {
  OLLAMA_NODE {
    @Override
    Stage start(Path home) throws IOException {
      return OllamaStage.start(home);
    }
  },
  OWN_ENGINE {
    @Override
    Stage start(Path home) throws IOException {
      return EngineStage.start(home);
    }
  };

  /// Corral, ready to be asked; skips the tests where this backend cannot be had.
  abstract Stage start(Path home) throws IOException;

  /// A Corral with the models `markov-a`, `markov-embed`, `markov-tool` and one that never ends.
  interface Stage extends AutoCloseable {
    int port();

    List<String> models();

    /// The model that never ends.
    String endless();

    /// Comes back when the backend no longer works on the last chat, since its client has left.
    void awaitCancelled(String chatPath);

    @Override
    void close();
  }

  static Wiring corral(Path home, String yaml) throws IOException {
    Files.writeString(home.resolve("corral.yaml"), yaml);
    return Wiring.start(home, null, Map.of("server.port", "0"), Map.of(), System.err);
  }
}
