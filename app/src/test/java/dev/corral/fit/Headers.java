package dev.corral.fit;

import dev.corral.gguf.Gguf;
import java.io.IOException;

/// Headers of the corpus, for tests of other rooms.
public final class Headers {
  private Headers() {}

  /// @param path below `fit/` in the resources
  public static Gguf of(String path) throws IOException {
    return Corpus.header(path);
  }
}
