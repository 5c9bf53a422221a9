package dev.corral;

import dev.corral.db.Database;
import dev.corral.db.DatabaseFailure;
import dev.corral.fit.Correction;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// How loads compared with their estimates, by architecture and driver; kept in `corral.db`. Read
/// from memory by any thread.
final class LoadRecord implements Correction.Book {
  /// Before `ARCHITECTURE DRIVER`, in the table of settings; the value is `RATIO LOADS`.
  private static final String KEY = "fit.load.";

  /// What is further off was no measure of this model.
  private static final double LEAST = 0.2;

  private static final double MOST = 5;

  /// So many loads count as the past; with more, a new driver would never be noticed.
  private static final int REMEMBERED = 20;

  private static final System.Logger LOG = System.getLogger(LoadRecord.class.getName());

  private final Database database;
  private final Map<String, Correction> known = new ConcurrentHashMap<>();

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
    return Optional.ofNullable(known.get(name(architecture, driver)));
  }

  /// Takes one more load into account.
  ///
  /// @param driver as in [Correction.Book#find]
  void add(String architecture, String driver, long estimatedBytes, long measuredBytes) {
    double ratio = estimatedBytes <= 0 ? 0 : (double) measuredBytes / estimatedBytes;
    if (ratio < LEAST || ratio > MOST) {
      return;
    }
    Correction now =
        known.merge(name(architecture, driver), new Correction(ratio, 1), LoadRecord::together);
    try {
      int _ =
          database.inTransaction(sql ->
              sql.update(
                  "insert into setting (name, value) values (?, ?)"
                      + " on conflict (name) do update set value = excluded.value",
                  KEY + name(architecture, driver),
                  String.format(Locale.ROOT, "%.4f %d", now.ratio(), now.loads())));
    } catch (DatabaseFailure e) {
      LOG.log(System.Logger.Level.WARNING, "what a load took could not be kept", e);
    }
  }

  private static Correction together(Correction before, Correction one) {
    int past = Math.min(before.loads(), REMEMBERED - 1);
    double mean = (before.ratio() * past + one.ratio()) / (past + 1);
    return new Correction(mean, before.loads() + 1);
  }

  private static String name(String architecture, String driver) {
    return architecture + " " + driver;
  }

  private static Optional<Correction> parse(String value) {
    String[] parts = value.split(" ", -1);
    return value.matches("\\d+\\.\\d+ \\d{1,9}")
        ? Optional.of(new Correction(Double.parseDouble(parts[0]), Integer.parseInt(parts[1])))
        : Optional.empty();
  }
}
