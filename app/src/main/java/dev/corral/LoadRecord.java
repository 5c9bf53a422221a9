package dev.corral;

import dev.corral.db.Database;
import dev.corral.db.DatabaseFailure;
import dev.corral.fit.Correction;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// How loads compared with their estimates, by architecture and driver; kept in `corral.db`. Large
/// models weigh more, since what a process takes besides says nothing of the next model. Read from
/// memory by any thread.
final class LoadRecord implements Correction.Book {
  /// Before `ARCHITECTURE DRIVER`, in the table of settings; the value is `ESTIMATED MEASURED
  /// LOADS`, bytes of all loads together.
  private static final String KEY = "fit.load.";

  /// What is further off was no measure of this model.
  private static final double LEAST = 0.2;

  private static final double MOST = 5;

  /// In a smaller model the process around it is most of what is measured.
  private static final long WORTH_COMPARING = 256L << 20;

  /// After so many loads the past counts half: a new driver is noticed.
  private static final int FADING = 20;

  private static final System.Logger LOG = System.getLogger(LoadRecord.class.getName());

  private final Database database;
  private final Map<String, Sums> known = new ConcurrentHashMap<>();

  private record Sums(long estimated, long measured, int loads) {
    Sums with(Sums one) {
      int share = loads > 0 && loads % FADING == 0 ? 2 : 1;
      return new Sums(
          estimated / share + one.estimated, measured / share + one.measured, loads + one.loads);
    }
  }

  /// @throws DatabaseFailure where the database cannot
  LoadRecord(Database database) {
    this.database = database;
    database
        .read(sql ->
            sql.query(
                row -> Map.entry(row.text("name").substring(KEY.length()), row.text("value")),
                "select name, value from setting where name like ?",
                KEY + "%"))
        .forEach(row -> parse(row.getValue()).ifPresent(one -> known.put(row.getKey(), one)));
  }

  @Override
  public Optional<Correction> find(String architecture, String driver) {
    return Optional.ofNullable(known.get(name(architecture, driver)))
        .map(sums -> new Correction((double) sums.measured() / sums.estimated(), sums.loads()));
  }

  @Override
  public List<Correction.Line> all() {
    return known.entrySet().stream()
        .map(one -> {
          int space = one.getKey().lastIndexOf(' ');
          Sums sums = one.getValue();
          return new Correction.Line(
              one.getKey().substring(0, Math.max(0, space)),
              one.getKey().substring(space + 1),
              (double) sums.measured() / sums.estimated(),
              sums.loads());
        })
        .sorted(
            Comparator.comparing(Correction.Line::architecture)
                .thenComparing(Correction.Line::driver))
        .toList();
  }

  /// Takes one more load into account.
  ///
  /// @param driver as in [Correction.Book#find]
  void add(String architecture, String driver, long estimatedBytes, long measuredBytes) {
    double ratio = (double) measuredBytes / Math.max(1, estimatedBytes);
    if (estimatedBytes < WORTH_COMPARING || ratio < LEAST || ratio > MOST) {
      return;
    }
    Sums now =
        known.merge(
            name(architecture, driver), new Sums(estimatedBytes, measuredBytes, 1), Sums::with);
    try {
      int _ =
          database.inTransaction(sql ->
              sql.update(
                  "insert into setting (name, value) values (?, ?)"
                      + " on conflict (name) do update set value = excluded.value",
                  KEY + name(architecture, driver),
                  now.estimated() + " " + now.measured() + " " + now.loads()));
    } catch (DatabaseFailure e) {
      LOG.log(System.Logger.Level.WARNING, "what a load took could not be kept", e);
    }
  }

  private static String name(String architecture, String driver) {
    return architecture + " " + driver;
  }

  private static Optional<Sums> parse(String value) {
    String[] parts = value.split(" ", -1);
    return value.matches("[1-9]\\d{0,17} \\d{1,18} \\d{1,9}")
        ? Optional.of(
            new Sums(
                Long.parseLong(parts[0]), Long.parseLong(parts[1]), Integer.parseInt(parts[2])))
        : Optional.empty();
  }
}
