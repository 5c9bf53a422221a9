package dev.corral;

import dev.corral.cli.Cli;
import dev.corral.cli.Program;
import java.util.List;

/// Chooses the verb. `serve` and `demo` build the house; every other verb belongs to the command
/// line, which starts no framework: [Wiring] is not even loaded for it.
public final class Main {
  private Main() {}

  static void main(String[] args) {
    List<String> words = List.of(args);
    boolean serves = !words.isEmpty() && List.of("serve", "demo").contains(words.getFirst());
    if (words.equals(List.of(RunnerTraining.VERB))) {
      System.exit(RunnerTraining.run(RunnerTraining.PATIENCE));
    }
    if (words.size() == 2 && words.getFirst().equals(ServerTraining.VERB)) {
      System.exit(
          ServerTraining.run(words.getLast(), ServerTraining.ROUNDS, ServerTraining.PATIENCE));
    }
    if (serves && !words.contains("--help") && !words.contains("-h")) {
      start(args);
    } else {
      System.exit(Cli.run(args, new Program(Main::start, Settings::load)));
    }
  }

  /// @param args a command line that begins with `serve` or `demo`
  private static void start(String[] args) {
    if (args[0].equals("demo")) {
      System.exit(Demo.run(args));
    } else {
      Serve.run(args);
    }
  }
}
