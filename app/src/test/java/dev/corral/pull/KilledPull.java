package dev.corral.pull;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/// A program of its own that pulls one model and says on standard output how far it is: made to be
/// killed.
final class KilledPull {
  private KilledPull() {}

  /// Starts it.
  static Process start(Path folder, int port, String name) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            KilledPull.class.getName(),
            folder.toString(),
            Integer.toString(port),
            name)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /// @param args folder, the registry's port, the model's name
  public static void main(String[] args) {
    try (Yard yard = new Yard(Path.of(args[0]), "http://127.0.0.1:" + args[1])) {
      Pull now = yard.ask(args[2]);
      while (!now.state().ended()) {
        System.out.println(now.bytesDone());
        now = yard.pulls().awaitChange(now.id(), now, Duration.ofSeconds(30)).orElseThrow();
      }
      System.out.println(now.state() + " " + now.problem().text());
    }
  }
}
