package dev.corral.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/// The verbs that start the program and tell about it.
final class StateVerbs {
  private StateVerbs() {}

  /// Stands here for the help; `Main` goes past the command line where `serve` comes first.
  @Command(name = "serve", description = "Start the server.")
  static final class Serve extends Verb {
    @Unmatched List<String> settings = new ArrayList<>();

    @Override
    void run() {
      List<String> words = new ArrayList<>(List.of("serve"));
      if (!root().home.isEmpty()) {
        words.addAll(List.of("--home", root().home));
      }
      words.addAll(settings);
      root().surroundings().program().serve().accept(words.toArray(String[]::new));
    }
  }

  @Command(name = "version", description = "The version of this program and of the server.")
  static final class Telling extends Verb {
    @Override
    void run() {
      String java = Runtime.version().feature() + " (" + System.getProperty("java.vendor") + ")";
      String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
      Map<String, String> told = new LinkedHashMap<>();
      told.put("version", Version.own());
      told.put("java", java);
      told.put("system", system);
      if (json()) {
        document(told);
        return;
      }
      screen().print("corral " + Version.own());
      if (!root().quiet) {
        screen().print("Java " + java + ", " + system);
      }
    }
  }
}
