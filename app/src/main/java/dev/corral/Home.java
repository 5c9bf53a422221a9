package dev.corral;

import dev.corral.access.AdminKey;
import dev.corral.config.Whereabouts;
import dev.corral.db.Database;
import dev.corral.db.DatabaseSettings;
import dev.corral.db.Opening;
import dev.corral.db.Schema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

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

  /// One of the databases; where the settings name a server, its part there.
  ///
  /// @param notes lines for the operator
  /// @throws Unstartable where it cannot be used
  Database open(DatabaseSettings settings, String name, Schema schema, Consumer<String> notes) {
    return switch (Database.open(settings, file(name), schema)) {
      case Opening.Opened opened -> {
        opened.notes().forEach(notes);
        yield opened.database();
      }
      case Opening.Refused refused -> throw new Unstartable(refused.message(), refused.next());
    };
  }

  /// The key of this machine's operator, made at the first start.
  ///
  /// @throws Unstartable where it cannot be read or made
  AdminKey adminKey() {
    return switch (AdminKey.ensure(folder)) {
      case AdminKey.Found.Ready ready -> ready.key();
      case AdminKey.Found.Refused refused ->
          throw new Unstartable(refused.message(), refused.next());
    };
  }

  /// Tells the verbs of this home where its server listens, until what is returned is closed.
  /// Without it they ask where the configuration says.
  AutoCloseable told(String host, int port) {
    Whereabouts here = Whereabouts.here(host, port);
    try {
      here.tell(folder);
    } catch (IOException e) {
      System.getLogger("dev.corral")
          .log(System.Logger.Level.WARNING, "cannot write down where this server listens", e);
    }
    return () -> here.takeBack(folder);
  }

  Path logs() {
    return folder.resolve("logs");
  }

  Path file(String name) {
    return folder.resolve(name);
  }
}
