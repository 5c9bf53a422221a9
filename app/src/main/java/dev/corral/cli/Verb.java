package dev.corral.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// What every verb has at hand.
abstract class Verb implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init")
  CommandSpec spec;

  /// Does what the verb promises.
  ///
  /// @throws Failure where it cannot
  abstract void run();

  @Override
  public Integer call() {
    run();
    return Exit.DONE.code();
  }

  Root root() {
    return (Root) spec.root().userObject();
  }

  Screen screen() {
    return root().surroundings().screen();
  }

  Server server() {
    return root().server();
  }

  /// Leaves the command line and builds the house.
  void start(String verb, List<String> settings) {
    List<String> words = new ArrayList<>(List.of(verb));
    if (!root().home.isEmpty()) {
      words.addAll(List.of("--home", root().home));
    }
    words.addAll(settings);
    root().surroundings().program().serve().accept(words.toArray(String[]::new));
  }

  boolean json() {
    return root().json;
  }

  /// A remark on what was done; not for programs.
  void done(String line) {
    if (!root().quiet && !json()) {
      screen().print(line);
    }
  }

  /// The answer for a program.
  void document(Object value) {
    screen().print(Json.line(value));
  }
}
