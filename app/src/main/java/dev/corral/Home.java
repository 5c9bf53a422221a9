package dev.corral;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The folder where everything of an instance lies (surface: `~/.corral`).
record Home(Path folder) {
  /// The folder, made where it is not there, and writable.
  ///
  /// @throws Unstartable with what to do
  static Home ensure(Path folder) {
    try {
      Files.createDirectories(folder.resolve("logs"));
      Files.delete(Files.createTempFile(folder, ".writable", ""));
      return new Home(folder);
    } catch (IOException e) {
      throw new Unstartable(
          "The home " + folder + " cannot be written to (" + e.getClass().getSimpleName() + ")",
          "Give this user the folder, or name another one: --home FOLDER or CORRAL_HOME");
    }
  }

  Path logs() {
    return folder.resolve("logs");
  }

  Path file(String name) {
    return folder.resolve(name);
  }
}
