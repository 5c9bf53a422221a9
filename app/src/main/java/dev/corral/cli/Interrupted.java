package dev.corral.cli;

import java.util.function.Supplier;

/// Says, where Ctrl-C ends a verb early, how to come back to its work. Nothing where the verb ends
/// by itself.
final class Interrupted implements AutoCloseable {
  private final Thread farewell;

  Interrupted(Screen screen, String words) {
    this(screen, () -> words);
  }

  /// @param words asked for when the time has come
  Interrupted(Screen screen, Supplier<String> words) {
    farewell = new Thread(() -> screen.note("\n" + words.get()), "farewell");
    Runtime.getRuntime().addShutdownHook(farewell);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(farewell);
    } catch (IllegalStateException _) {
      // The JVM is going down: the words are being said.
    }
  }
}
