package dev.corral.db;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;

/// An open database. Work runs in a transaction that is committed when the work returns and rolled
/// back when it throws; any number of threads may call at once.
public final class Database implements AutoCloseable {
  /// Lends a connection for one transaction. Both ends give it back, whatever they throw.
  sealed interface Connections extends AutoCloseable permits SqliteFile, PostgresPool {
    Connection begin(boolean writing) throws SQLException;

    void commit(Connection connection, boolean writing) throws SQLException;

    /// Never throws: a lost connection needs no rollback, and what went wrong first is what the
    /// caller should hear.
    void rollBack(Connection connection, boolean writing);

    @Override
    void close();
  }

  private final Connections connections;

  Database(Connections connections) {
    this.connections = connections;
  }

  /// Opens, checks and migrates.
  ///
  /// @param file the SQLite file, where the settings name no server; its folder is made
  public static Opening open(DatabaseSettings settings, Path file, Schema schema) {
    return settings.url().isEmpty()
        ? SqliteFile.open(file, schema)
        : PostgresPool.open(settings.url(), schema);
  }

  /// Runs work that changes rows.
  ///
  /// @throws DatabaseFailure where the database cannot; nothing is changed then
  public <T> T inTransaction(Function<Sql, T> work) {
    return run(work, true);
  }

  /// Runs work that only looks, at one moment's state.
  ///
  /// @throws DatabaseFailure where the database cannot
  public <T> T read(Function<Sql, T> work) {
    return run(work, false);
  }

  /// True where other instances may change rows beside us.
  public boolean shared() {
    return connections instanceof PostgresPool;
  }

  @Override
  public void close() {
    connections.close();
  }

  private <T> T run(Function<Sql, T> work, boolean writing) {
    try {
      Connection connection = connections.begin(writing);
      boolean committed = false;
      try {
        T result = work.apply(new Sql(connection));
        committed = true;
        connections.commit(connection, writing);
        return result;
      } finally {
        if (!committed) {
          connections.rollBack(connection, writing);
        }
      }
    } catch (SQLException e) {
      throw new DatabaseFailure(e);
    }
  }
}
