package dev.corral.library;

import dev.corral.db.DatabaseSettings;
import dev.corral.testing.Postgres;

class PostgresLibraryTest extends LibraryContract {
  @Override
  DatabaseSettings settings() {
    return new DatabaseSettings(Postgres.newDatabase());
  }
}
