package dev.corral.access;

import dev.corral.db.DatabaseSettings;

class SqliteKeysTest extends KeysContract {
  @Override
  DatabaseSettings settings() {
    return DatabaseSettings.defaults();
  }
}
