package dev.corral.access;

import dev.corral.db.DatabaseSettings;
import dev.corral.testing.Postgres;

class PostgresKeysTest extends KeysContract {
  @Override
  DatabaseSettings settings() {
    return new DatabaseSettings(Postgres.newDatabase());
  }
}
