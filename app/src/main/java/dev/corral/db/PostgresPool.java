package dev.corral.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// Connections to one PostgreSQL server, for several instances of Corral that share their state.
final class PostgresPool implements Database.Connections {
  /// Writes are rare and short; several instances share the server's limit.
  private static final int CONNECTIONS = 6;

  /// How long a caller waits for a connection while the server is away: longer than one that is
  /// only busy needs.
  private static final int WAIT_MILLIS = 10_000;

  private final HikariDataSource pool;

  private PostgresPool(HikariDataSource pool) {
    this.pool = pool;
  }

  static Opening open(String url, Schema schema) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setPoolName("database");
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(WAIT_MILLIS);
    config.setAutoCommit(false);
    try {
      PostgresPool opened = new PostgresPool(new HikariDataSource(config));
      Optional<Opening.Refused> refusal = opened.migrate(schema);
      if (refusal.isPresent()) {
        opened.close();
        return refusal.get();
      }
      return new Opening.Opened(new Database(opened), List.of());
    } catch (HikariPool.PoolInitializationException e) {
      return refused(e);
    } catch (SQLException e) {
      return refused(e);
    }
  }

  @Override
  public Connection begin(boolean writing) throws SQLException {
    return pool.getConnection();
  }

  @Override
  public void commit(Connection connection, boolean writing) throws SQLException {
    try (connection) {
      connection.commit();
    }
  }

  @Override
  public void rollBack(Connection connection, boolean writing) {
    try (connection) {
      connection.rollback();
    } catch (SQLException e) {
      System.getLogger(PostgresPool.class.getName())
          .log(System.Logger.Level.DEBUG, "Rollback on a lost connection", e);
    }
  }

  @Override
  public void close() {
    pool.close();
  }

  private Optional<Opening.Refused> migrate(Schema schema) throws SQLException {
    int stored;
    try (Connection connection = pool.getConnection()) {
      stored =
          Migration.stored(
              connection,
              schema,
              "select 1 from pg_tables where schemaname = current_schema()" + " and tablename = ?");
      connection.commit();
    }
    Optional<Opening.Refused> refusal = Migration.newer(stored, schema, "on PostgreSQL");
    return refusal.isPresent() || stored == schema.newest()
        ? refusal
        : Migration.run(pool, schema, "postgresql", "");
  }

  /// The driver's own sentence names server and user, never the password.
  private static Opening.Refused refused(Exception failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && !(cause instanceof SQLException)) {
      cause = cause.getCause();
    }
    String state =
        cause instanceof SQLException sql && sql.getSQLState() != null ? sql.getSQLState() : "";
    String next =
        switch (state) {
          case "28P01", "28000" -> "Correct user and password in database.url.";
          case "3D000" -> "Create that database (createdb), or correct database.url.";
          case "42501" -> "Let that user create tables there (grant create on schema public).";
          default -> "Start PostgreSQL, or correct database.url; empty means SQLite in the home.";
        };
    return new Opening.Refused("PostgreSQL could not be opened: " + cause.getMessage(), next);
  }
}
