package dev.corral.pull;

import dev.corral.db.DatabaseSettings;

class SqlitePullTableTest extends PullTableContract {
  @Override
  DatabaseSettings settings() {
    return DatabaseSettings.defaults();
  }
}
