package dev.corral.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What both databases promise.
abstract class DatabaseContract {
  static final Schema FARM = new Schema("farm", 3);

  private Database database;

  /// Opens the same database every time within one test.
  abstract Opening open(Schema schema);

  @BeforeEach
  void openNew() {
    database = opened(open(FARM));
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void whatWasCommittedIsThereAfterOpeningAgain() {
    add("Star", 7L);
    database.close();
    database = opened(open(FARM));

    assertThat(names()).containsExactly("Star");
  }

  @Test
  void workThatThrowsChangesNothing() {
    assertThatThrownBy(() ->
            database.inTransaction(sql -> {
              sql.update("insert into horse (name) values (?)", "Star");
              throw new IllegalStateException("the gate is open");
            }))
        .hasMessage("the gate is open");
    assertThat(names()).isEmpty();
    add("Sky", 1L);
    assertThat(names()).containsExactly("Sky");
  }

  @Test
  void nullsNumbersAndAwkwardTextComeBackAsTheyWere() {
    String awkward = "Robert'); drop table horse; -- \u20ac \ud83d\udc0e";
    database.inTransaction(sql ->
        sql.update("insert into horse (name, age, owner) values (?, ?, ?)", awkward, null, null));

    List<String> rows =
        database.read(sql ->
            sql.query(
                row -> row.text("name") + row.numberOrNull("age") + row.textOrNull("owner"),
                "select * from horse where name = ?",
                awkward));
    assertThat(rows).containsExactly(awkward + "nullnull");
    assertThatThrownBy(
            () -> database.read(sql -> sql.find(row -> row.number("age"), "select age from horse")))
        .isInstanceOf(DatabaseFailure.class)
        .hasMessage("The column age is empty");
  }

  @Test
  void whoIsToldToStopStillWritesDownWhatItDid() {
    Thread.currentThread().interrupt();
    add("Star", 7L);
    assertThat(Thread.interrupted()).as("and is told so still").isTrue();
    assertThat(names()).containsExactly("Star");
  }

  @Test
  void aRuleOfTheTableIsAConflictAndAMistakeIsNot() {
    add("Star", 7L);

    DatabaseFailure twice = catchThrowableOfType(DatabaseFailure.class, () -> add("Star", 8L));
    DatabaseFailure stall =
        catchThrowableOfType(
            DatabaseFailure.class,
            () ->
                database.inTransaction(
                    sql -> sql.update("insert into stall (horse) values (?)", "Nobody")));
    DatabaseFailure mistake =
        catchThrowableOfType(
            DatabaseFailure.class,
            () -> database.read(sql -> sql.find(row -> row.text("x"), "select")));

    assertThat(twice.conflict()).isTrue();
    assertThat(stall.conflict()).as("foreign keys are enforced").isTrue();
    assertThat(mistake.conflict()).isFalse();
  }

  @Test
  void manyWritersAndReadersDoNotFailEachOther() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> writers =
          IntStream.range(0, 40)
              .mapToObj(i -> threads.submit(() -> add("horse " + i, (long) i)))
              .toList();
      List<Future<List<String>>> readers =
          IntStream.range(0, 40).mapToObj(_ -> threads.submit(this::names)).toList();
      for (Future<?> each : writers) {
        each.get();
      }
      for (Future<?> each : readers) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError("a neighbour was disturbed", e);
    }
    assertThat(names()).hasSize(40);
  }

  @Test
  void aDatabaseOfANewerVersionIsRefused() {
    database.close();

    assertThat(open(new Schema("farm", 2)))
        .isInstanceOfSatisfying(
            Opening.Refused.class,
            refused -> {
              assertThat(refused.message())
                  .contains("was written by a newer Corral (version 3 of its tables")
                  .endsWith("this one knows 2)");
              assertThat(refused.next()).startsWith("Run that newer Corral");
            });
  }

  @Test
  void aScriptThatFailsChangesNothingAndSaysSo() {
    database.close();
    opened(open(new Schema("broken", 1))).close();

    assertThat(open(new Schema("broken", 2)))
        .isInstanceOfSatisfying(
            Opening.Refused.class,
            refused -> {
              assertThat(refused.message())
                  .startsWith("The tables could not be brought to version 2");
              assertThat(refused.next()).startsWith("Nothing was changed");
            });
    Database before = opened(open(new Schema("broken", 1)));
    assertThatThrownBy(
            () -> before.read(sql -> sql.find(row -> row.text("eggs"), "select eggs from hen")))
        .isInstanceOf(DatabaseFailure.class);
    before.close();
  }

  final Database opened(Opening opening) {
    assertThat(opening).isInstanceOf(Opening.Opened.class);
    return ((Opening.Opened) opening).database();
  }

  private int add(String name, Long age) {
    return database.inTransaction(
        sql -> sql.update("insert into horse (name, age) values (?, ?)", name, age));
  }

  private List<String> names() {
    return database.read(sql -> sql.query(row -> row.text("name"), "select name from horse"));
  }
}
