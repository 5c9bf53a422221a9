package dev.corral.config;

/// One thing that is wrong with the configuration, told so that it can be put right.
///
/// @param where `corral.yaml:3`, a variable's name, or the flag as it was typed
/// @param key dotted, as in the file: `server.port`; empty where no key is concerned
/// @param message what is wrong, what is allowed, and the nearest right name
public record ConfigProblem(String where, String key, String message) {

  /// The whole problem as one line, with the key said once.
  public String text() {
    return key.isEmpty() || message.startsWith(key + " ")
        ? where + ": " + message
        : where + ": " + key + ": " + message;
  }
}
