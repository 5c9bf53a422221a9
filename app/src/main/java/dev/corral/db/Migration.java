package dev.corral.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationVersion;

/// Brings the tables to the newest version. Flyway costs half a second to start, so it is only
/// called where there is something to do.
final class Migration {
  private Migration() {}

  /// The version of the tables; 0 where there are none yet.
  ///
  /// @param exists asks with one parameter whether a table of that name is there
  static int stored(Connection connection, Schema schema, String exists) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(exists)) {
      statement.setString(1, schema.history());
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next()) {
          return 0;
        }
      }
    }
    int newest = 0;
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select version from "
                    + schema.history()
                    + " where success and version is not null")) {
      while (rows.next()) {
        newest = Math.max(newest, Integer.parseInt(rows.getString(1)));
      }
    }
    return newest;
  }

  static Optional<Opening.Refused> newer(int stored, Schema schema, String where) {
    return stored <= schema.newest()
        ? Optional.empty()
        : Optional.of(
            new Opening.Refused(
                "The database "
                    + where
                    + " was written by a newer Corral (version "
                    + stored
                    + " of its tables; this one knows "
                    + schema.newest()
                    + ")",
                "Run that newer Corral, or put back the copy it made before it changed the tables ("
                    + ".before-V"
                    + stored
                    + ")."));
  }

  /// @param copyNote where the state before is kept; empty where there is no copy
  static Optional<Opening.Refused> run(
      DataSource source, Schema schema, String vendor, String copyNote) {
    try {
      Flyway.configure()
          .dataSource(source)
          .table(schema.history())
          .locations(schema.locations(vendor))
          .target(MigrationVersion.fromVersion(String.valueOf(schema.newest())))
          .baselineOnMigrate(true) // several schemas may share one PostgreSQL database
          .baselineVersion(MigrationVersion.fromVersion("0"))
          .failOnMissingLocations(false)
          .load()
          .migrate();
      return Optional.empty();
    } catch (FlywayException e) {
      String cause =
          String.valueOf(e.getMessage())
              .lines()
              .filter(line -> !line.isBlank())
              .findFirst()
              .orElse("");
      return Optional.of(
          new Opening.Refused(
              "The tables could not be brought to version " + schema.newest() + ": " + cause,
              "Nothing was changed" + copyNote + ". Run the Corral of before, and tell us."));
    }
  }
}
