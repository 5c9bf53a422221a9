package dev.corral.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// One real PostgreSQL for all tests of a run, started by the first that asks. Where it cannot run,
/// those tests are skipped and say why.
public final class Postgres {
  /// On a machine that is busy with other things.
  private static final Duration START = Duration.ofMinutes(3);

  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static @Nullable EmbeddedPostgres running;
  private static @Nullable String obstacle;

  private Postgres() {}

  /// The URL of a new and empty database.
  public static String newDatabase() {
    Optional<EmbeddedPostgres> server = server();
    Assumptions.assumeTrue(server.isPresent(), () -> "PostgreSQL cannot run here: " + obstacle);
    String name = "test" + NUMBER.incrementAndGet();
    try (Connection connection = server.get().getPostgresDatabase().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("create database " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return server.get().getJdbcUrl("postgres", name);
  }

  private static synchronized Optional<EmbeddedPostgres> server() {
    if (running == null && obstacle == null) {
      try {
        running = EmbeddedPostgres.builder().setPGStartupWait(START).start();
        Runtime.getRuntime().addShutdownHook(new Thread(Postgres::stop));
      } catch (IOException | RuntimeException e) {
        obstacle = String.valueOf(e.getMessage());
      }
    }
    return Optional.ofNullable(running);
  }

  private static synchronized void stop() {
    try {
      if (running != null) {
        running.close();
      }
    } catch (IOException e) {
      System.err.println("PostgreSQL did not stop: " + e.getMessage());
    }
  }
}
