package dev.corral.pull;

import dev.corral.db.DatabaseSettings;
import dev.corral.testing.Postgres;

class PostgresPullTableTest extends PullTableContract {
  @Override
  DatabaseSettings settings() {
    return new DatabaseSettings(Postgres.newDatabase());
  }
}
