package dev.corral.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqliteDatabaseTest extends DatabaseContract {
  @TempDir private Path folder;

  @Override
  Opening open(Schema schema) {
    return Database.open(DatabaseSettings.defaults(), file(schema), schema);
  }

  private Path file(Schema schema) {
    return folder.resolve("home").resolve(schema.name() + ".db");
  }

  @Test
  void theFileIsReadableByItsOwnerOnlyAndHardened() throws Exception {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(FARM))))
        .isEqualTo("rw-------");
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file(FARM));
        var rows = other.createStatement().executeQuery("pragma journal_mode")) {
      assertThat(rows.getString(1)).isEqualTo("wal");
    }
  }

  @Test
  void whatIsAtWorkWhenTheDatabaseClosesIsKeptAndNothingBeginsAfterwards() throws Exception {
    Path file = folder.resolve("closing/farm.db");
    Database farm = opened(Database.open(DatabaseSettings.defaults(), file, FARM));
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> work =
          threads.submit(() ->
              farm.inTransaction(sql -> {
                begun.countDown();
                awaitQuietly(closed);
                return sql.update("insert into horse (name) values (?)", "Star");
              }));
      begun.await();
      farm.close();
      closed.countDown();
      assertThat(work.get()).isEqualTo(1);
    }
    assertThatThrownBy(() -> farm.inTransaction(_ -> 1))
        .isInstanceOf(DatabaseFailure.class)
        .hasMessageContaining("the database is closed");
    assertThat(file.resolveSibling("farm.db-wal")).as("the last one closes it").doesNotExist();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void beforeTheTablesChangeACopyIsKeptThatAnOlderVersionOpens() throws Exception {
    Path file = folder.resolve("old/farm.db");
    Database old = opened(Database.open(DatabaseSettings.defaults(), file, new Schema("farm", 1)));
    old.inTransaction(sql -> sql.update("insert into horse (name) values (?)", "Star"));
    old.close();

    Opening opening = Database.open(DatabaseSettings.defaults(), file, FARM);

    assertThat(opening)
        .isInstanceOfSatisfying(
            Opening.Opened.class,
            now ->
                assertThat(now.notes())
                    .containsExactly(
                        "The database was brought from version 1 to 3;"
                            + " the state before is kept in farm.db.before-V3"));
    opened(opening).close();
    Path copy = file.resolveSibling("farm.db.before-V3");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
        .isEqualTo("rw-------");
    Database before =
        opened(Database.open(DatabaseSettings.defaults(), copy, new Schema("farm", 1)));
    assertThat(
            before.<Long>read(sql ->
                sql.find(row -> row.number("n"), "select count(*) as n from horse").orElseThrow()))
        .isEqualTo(1);
    before.close();
  }

  @Test
  void aDatabaseThatIsUpToDateIsOpenedWithoutACopyOrAScript() throws Exception {
    opened(open(FARM)).close();
    try (var files = Files.list(file(FARM).getParent())) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .allMatch(name -> name.startsWith("farm.db") && !name.contains("before"));
    }
  }

  @Test
  void aDamagedFileIsRefusedAndLeftAsItIs() throws Exception {
    Path garbage = folder.resolve("garbage.db");
    Files.writeString(garbage, "this was a database once, but a disk ate it ".repeat(200));
    byte[] before = Files.readAllBytes(garbage);

    assertThat(Database.open(DatabaseSettings.defaults(), garbage, FARM).toString())
        .contains("garbage.db is damaged: it is not a database any more")
        .contains("It was left as it is. Put back a copy (garbage.db.before-V… beside it");
    assertThat(Files.readAllBytes(garbage)).isEqualTo(before);
  }

  @Test
  void aFileWithDamageInsideIsRefusedToo() throws Exception {
    Path file = folder.resolve("torn.db");
    Database database = opened(Database.open(DatabaseSettings.defaults(), file, FARM));
    String filler = "x".repeat(2000);
    for (int i = 0; i < 50; i++) {
      int age = i;
      database.inTransaction(sql ->
          sql.update(
              "insert into horse (name, age, owner) values (?, ?, ?)", "h" + age, age, filler));
    }
    database.close();
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      for (long page = 10; page < 30; page++) {
        bytes.seek(page * 4096);
        bytes.write("ZZZZZZZZZZZZZZZZZZZZZZZZ".getBytes(StandardCharsets.UTF_8));
      }
    }

    assertThat(Database.open(DatabaseSettings.defaults(), file, FARM))
        .isInstanceOfSatisfying(
            Opening.Refused.class,
            refused -> assertThat(refused.message()).contains("torn.db is damaged"));
  }

  @Test
  void aHomeThatCannotBeIsRefusedWithTheWayOut() throws IOException {
    Path notAFolder = Files.createFile(folder.resolve("taken"));

    assertThat(
            Database.open(DatabaseSettings.defaults(), notAFolder.resolve("corral.db"), FARM)
                .toString())
        .contains("taken is a file, where the home folder should be", "--home or CORRAL_HOME");
    assertThat(
            Database.open(DatabaseSettings.defaults(), Path.of("/proc/nowhere/corral.db"), FARM)
                .toString())
        .contains("The home folder /proc/nowhere cannot be written by the user", "CORRAL_HOME");
  }

  @Test
  void aFileThatAnotherProgramHoldsIsSaidToBeInUse() throws SQLException {
    Path file = folder.resolve("busy.db");
    opened(Database.open(DatabaseSettings.defaults(), file, new Schema("farm", 1))).close();
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      other.createStatement().execute("pragma locking_mode = exclusive");
      other.createStatement().execute("begin exclusive");

      assertThat(Database.open(DatabaseSettings.defaults(), file, FARM).toString())
          .contains("busy.db is in use by another program", "a home of its own with --home");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3.51.3, true",
    "3.51.10, true",
    "3.54.1, true",
    "4.0.0, true",
    "3.51.2, false",
    "3.40.1, false",
    "3.52.0, false",
    "2.99.99, false",
    "odd, false"
  })
  void anEngineThatMayDamageFilesIsNotUsed(String version, boolean good) {
    assertThat(SqliteFile.engineRefusal(version).isEmpty()).isEqualTo(good);
  }

  @Test
  void theNewestVersionIsTheOneOfTheScripts() throws IOException {
    Path scripts = Path.of("src/main/resources/db", Schema.CORRAL.name());
    try (var files = Files.walk(scripts)) {
      assertThat(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(name -> name.matches("V\\d+__\\w+\\.sql"))
                  .mapToInt(name -> Integer.parseInt(name.substring(1, name.indexOf("__"))))
                  .max())
          .hasValue(Schema.CORRAL.newest());
    }
  }
}
