package dev.corral.cli;

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
