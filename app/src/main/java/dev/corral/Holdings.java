package dev.corral;

import dev.corral.assign.Protection;
import dev.corral.db.Database;
import dev.corral.db.Opening;
import dev.corral.db.Schema;
import dev.corral.library.Library;
import java.time.Clock;
import java.util.function.Consumer;

/// What this program keeps about models beside the backends' own listings: the library and its
/// database, and which models are protected.
final class Holdings implements AutoCloseable {
  private final Database database;
  private final Library library;
  private final Protection protection;

  /// @param corral the database of settings
  /// @param notes lines for the operator about the opening
  /// @throws Unstartable where the library's database cannot be used
  Holdings(Settings settings, Home home, Database corral, Clock clock, Consumer<String> notes) {
    this.database =
        switch (Database.open(settings.database(), home.file("library.db"), Schema.LIBRARY)) {
          case Opening.Opened opened -> {
            opened.notes().forEach(notes);
            yield opened.database();
          }
          case Opening.Refused no -> throw new Unstartable(no.message(), no.next());
        };
    this.library = new Library(database, clock);
    this.protection = new Protection(corral, clock);
    follow(settings);
  }

  Library library() {
    return library;
  }

  Protection protection() {
    return protection;
  }

  /// Takes over changed settings.
  void follow(Settings now) {
    protection.follow(now.protectedModels());
  }

  @Override
  public void close() {
    database.close();
  }
}
