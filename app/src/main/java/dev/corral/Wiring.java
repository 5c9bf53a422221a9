package dev.corral;

/// Builds the server on one page and closes it in reverse.
final class Wiring {
  private Wiring() {}

  /// Starts the server and returns when it has stopped.
  ///
  /// @param args the command line with its verb: `serve --port 11500`
  static void serve(String[] args) {
    System.err.println("This build has no server yet; nothing does: " + String.join(" ", args));
    System.exit(1);
  }
}
