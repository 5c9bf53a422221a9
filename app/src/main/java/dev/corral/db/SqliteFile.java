package dev.corral.db;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/// One SQLite file: a single writing connection and a few reading ones, kept open. WAL, so that
/// readers and the writer do not wait for each other; `synchronous=FULL`, so that what was
/// acknowledged survives a power cut; no memory map.
final class SqliteFile implements Database.Connections {
  /// Below it a checkpoint that meets a commit may damage the file; 3.52.0 was withdrawn.
  private static final int[] OLDEST = {3, 51, 3};

  private static final String WITHDRAWN = "3.52.0";

  private static final int READERS = 3;

  /// How long another process that writes is waited for.
  private static final int BUSY_MILLIS = 5_000;

  /// How long one waits for those of ours that came before: each takes milliseconds, but a disk
  /// that others keep busy makes seconds of many.
  private static final Duration TURN = Duration.ofSeconds(30);

  /// So soon a waiting one notices that the database was closed.
  private static final Duration LOOK = Duration.ofMillis(500);

  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+).*");

  private final BlockingQueue<Connection> writers = new ArrayBlockingQueue<>(1);
  private final BlockingQueue<Connection> readers = new ArrayBlockingQueue<>(READERS);
  private volatile boolean closed;

  private SqliteFile() {}

  static Opening open(Path file, Schema schema) {
    Optional<Opening.Refused> unwritable = prepare(file);
    if (unwritable.isPresent()) {
      return unwritable.get();
    }
    SqliteFile opened = new SqliteFile();
    try {
      Connection writer = source(file).getConnection();
      opened.writers.add(writer);
      Optional<Opening.Refused> refusal = engineRefusal(text(writer, "select sqlite_version()"));
      if (refusal.isEmpty()) {
        refusal = damage(file, text(writer, "pragma quick_check(1)"));
      }
      List<String> notes = new ArrayList<>();
      if (refusal.isEmpty()) {
        refusal = migrate(file, writer, schema, notes);
      }
      if (refusal.isPresent()) {
        opened.close();
        return refusal.get();
      }
      for (int i = 0; i < READERS; i++) {
        opened.readers.add(source(file).getConnection());
      }
      return new Opening.Opened(new Database(opened), notes);
    } catch (SQLException e) {
      opened.close();
      return refused(file, e);
    }
  }

  @Override
  public Connection begin(boolean writing) throws SQLException {
    Connection connection = take(writing ? writers : readers);
    try {
      // Immediate, so that a writer waits for its turn here and never fails half-way.
      execute(connection, writing ? "begin immediate" : "begin");
      return connection;
    } catch (SQLException e) {
      giveBack(connection, writing);
      throw e;
    }
  }

  @Override
  public void commit(Connection connection, boolean writing) throws SQLException {
    try {
      execute(connection, "commit");
    } catch (SQLException e) {
      rollBack(connection, writing);
      throw e;
    }
    giveBack(connection, writing);
  }

  @Override
  public void rollBack(Connection connection, boolean writing) {
    try {
      execute(connection, "rollback");
    } catch (SQLException e) {
      // SQLite has rolled back by itself already, as it does when the disk is full.
      System.getLogger(SqliteFile.class.getName())
          .log(System.Logger.Level.DEBUG, "Nothing to roll back", e);
    } finally {
      giveBack(connection, writing);
    }
  }

  private void giveBack(Connection connection, boolean writing) {
    (writing ? writers : readers).add(connection);
    if (closed) {
      close();
    }
  }

  /// An interrupt, which ends what may last, does not end this short wait: whoever is asked to stop
  /// still writes down what it did.
  private Connection take(BlockingQueue<Connection> free) throws SQLException {
    boolean interrupted = false;
    long end = System.nanoTime() + TURN.toNanos();
    try {
      while (!closed) {
        try {
          Connection connection = free.poll(LOOK.toNanos(), TimeUnit.NANOSECONDS);
          if (connection != null) {
            return connection;
          }
          if (System.nanoTime() > end) {
            throw new SQLException("no connection became free within " + TURN.toSeconds() + " s");
          }
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      throw new SQLException("the database is closed");
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// What is in use at this moment is closed when it comes back.
  @Override
  public void close() {
    closed = true;
    List<Connection> all = new ArrayList<>();
    readers.drainTo(all);
    writers.drainTo(all); // last, because the last one to close folds the WAL into the file
    for (Connection connection : all) {
      try {
        connection.close();
      } catch (SQLException e) {
        System.getLogger(SqliteFile.class.getName())
            .log(System.Logger.Level.WARNING, "A database connection did not close", e);
      }
    }
  }

  /// The engine's version must be one that keeps files whole.
  static Optional<Opening.Refused> engineRefusal(String version) {
    Matcher parts = VERSION.matcher(version);
    boolean good = parts.matches() && !version.equals(WITHDRAWN);
    for (int i = 0; good && i < OLDEST.length; i++) {
      int part = Integer.parseInt(parts.group(i + 1));
      if (part != OLDEST[i]) {
        good = part > OLDEST[i];
        break;
      }
    }
    return good
        ? Optional.empty()
        : Optional.of(
            new Opening.Refused(
                "SQLite " + version + " can damage database files and is not used",
                "Run Corral with the sqlite-jdbc it was built with (SQLite 3.51.3 or later)."));
  }

  /// Makes the folder and an empty file, readable by its owner only: keys' hashes lie in it.
  private static Optional<Opening.Refused> prepare(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    try {
      if (folder != null && !Files.isDirectory(folder)) {
        Files.createDirectories(folder);
      }
      if (!Files.exists(file)) {
        Files.createFile(file, ownerOnly(file));
      }
      if (folder == null || !Files.isWritable(folder) || !Files.isWritable(file)) {
        throw new AccessDeniedException(file.toString());
      }
      return Optional.empty();
    } catch (FileAlreadyExistsException e) {
      return Optional.of(
          new Opening.Refused(
              e.getFile() + " is a file, where the home folder should be",
              "Move it aside, or name another folder with --home or CORRAL_HOME."));
    } catch (IOException e) {
      return Optional.of(
          new Opening.Refused(
              "The home folder "
                  + folder
                  + " cannot be written by the user "
                  + System.getProperty("user.name"),
              "Give that user the folder (chown, or the right volume), or name another one with"
                  + " --home or CORRAL_HOME."));
    }
  }

  private static java.nio.file.attribute.FileAttribute<?>[] ownerOnly(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new java.nio.file.attribute.FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new java.nio.file.attribute.FileAttribute<?>[0];
  }

  private static Optional<Opening.Refused> migrate(
      Path file, Connection writer, Schema schema, List<String> notes) throws SQLException {
    int stored = Migration.stored(writer, schema, "select 1 from sqlite_master where name = ?");
    Optional<Opening.Refused> refusal = Migration.newer(stored, schema, file.toString());
    if (refusal.isPresent() || stored == schema.newest()) {
      return refusal;
    }
    String copyNote = "";
    if (stored > 0) {
      Path copy = file.resolveSibling(file.getFileName() + ".before-V" + schema.newest());
      copy(file, writer, copy);
      copyNote = "; the state before is kept in " + copy.getFileName();
      notes.add(
          "The database was brought from version " + stored + " to " + schema.newest() + copyNote);
    }
    return Migration.run(source(file), schema, "sqlite", copyNote);
  }

  /// A whole and readable copy, or none: it takes its name only when it is complete.
  private static void copy(Path file, Connection writer, Path copy) throws SQLException {
    Path part = copy.resolveSibling(copy.getFileName() + ".part");
    try {
      Files.deleteIfExists(part);
      Files.createFile(part, ownerOnly(part));
      try (PreparedStatement vacuum = writer.prepareStatement("vacuum into ?")) {
        vacuum.setString(1, part.toString());
        vacuum.execute();
      }
      Files.move(part, copy, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new SQLException("no copy could be made beside " + file.getFileName(), e);
    }
  }

  private static SQLiteDataSource source(Path file) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(BUSY_MILLIS);
    config.enforceForeignKeys(true);
    config.setPragma(SQLiteConfig.Pragma.MMAP_SIZE, "0");
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
    return source;
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : "";
    }
  }

  private static Optional<Opening.Refused> damage(Path file, String finding) {
    return finding.equals("ok")
        ? Optional.empty()
        : Optional.of(
            new Opening.Refused(
                "The database " + file + " is damaged: " + finding.lines().findFirst().orElse(""),
                "It was left as it is. Put back a copy ("
                    + file.getFileName()
                    + ".before-V… beside it, or your own), or move it aside to start with an empty"
                    + " one; keys and settings made at run time are lost then."));
  }

  private static Opening.Refused refused(Path file, SQLException e) {
    return switch (e.getErrorCode() & 0xff) {
      case 11, 26 -> damage(file, "it is not a database any more").orElseThrow(); // CORRUPT, NOTADB
      case 5, 6 -> // BUSY, LOCKED
          new Opening.Refused(
              "The database " + file + " is in use by another program",
              "Stop the other program (another Corral with this home?), or give this one a home of"
                  + " its own with --home.");
      case 13 -> // FULL
          new Opening.Refused("The disk that holds " + file + " is full", "Free some space on it.");
      default ->
          new Opening.Refused(
              "The database " + file + " could not be opened: " + e.getMessage(),
              "Check that its disk is healthy, local and not full.");
    };
  }
}
