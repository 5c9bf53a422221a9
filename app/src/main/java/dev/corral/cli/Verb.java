package dev.corral.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
    Root root = root();
    if (!root.home.isEmpty()) {
      words.addAll(List.of("--home", root.home));
    }
    if (!root.url.isEmpty() || !root.key.isEmpty()) {
      throw new Failure(
          Exit.USAGE,
          "'" + verb + "' starts a server and asks none, so it takes no --url and no --key",
          "Where it listens: corral " + verb + " --host ADDRESS --port PORT");
    }
    if (root.quiet) {
      words.add("--quiet");
    }
    if (root.json) {
      words.add("--json");
    }
    words.addAll(settings);
    root().surroundings().program().serve().accept(words.toArray(String[]::new));
  }

  boolean json() {
    return root().json;
  }

  /// Asks before something that cannot be undone. Without a terminal nobody can be asked: then what
  /// was typed counts.
  ///
  /// @throws Failure where the answer is not yes
  void confirm(String question) {
    if (root().yes) {
      return;
    }
    screen().note(question);
    if (!screen().inTerminal() || !screen().errTerminal()) {
      return;
    }
    screen().err().print("Go on? [y/N] ");
    screen().err().flush();
    if (!line().strip().toLowerCase(Locale.ROOT).matches("y|yes")) {
      throw new Failure(Exit.REFUSED, "nothing was done", "Without this question: --yes");
    }
  }

  /// One line of standard input; empty at its end.
  private String line() {
    try {
      StringBuilder line = new StringBuilder();
      InputStream in = root().surroundings().in();
      for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
        line.append((char) c);
      }
      return line.toString();
    } catch (IOException e) {
      return "";
    }
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
