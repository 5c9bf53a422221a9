package dev.corral;

/// Chooses the verb. `serve` builds the house; every other verb belongs to the command line, which
/// starts no framework.
public final class Main {
  private Main() {}

  static void main(String[] args) {
    System.out.println("corral " + String.join(" ", args));
  }
}
