package dev.corral.db;

import java.util.List;
import java.util.regex.Pattern;

/// A set of tables with numbered scripts: `db/NAME/common/V1__what.sql`, and where types differ
/// `db/NAME/sqlite` and `db/NAME/postgresql`.
///
/// @param newest number of the last script; a test holds it to the folder
public record Schema(String name, int newest) {
  private static final Pattern NAME = Pattern.compile("[a-z]+");

  /// Settings, keys, assignments: what no outside program writes.
  public static final Schema CORRAL = new Schema("corral", 8);

  /// `downloaded_models` and what we keep beside it; outside programs write here too.
  public static final Schema LIBRARY = new Schema("library", 1);

  public Schema {
    if (!NAME.matcher(name).matches() || newest < 1) {
      throw new IllegalArgumentException("Not a schema: " + name + " " + newest);
    }
  }

  /// Where the applied scripts are recorded.
  String history() {
    return name + "_schema_history";
  }

  String[] locations(String vendor) {
    return List.of("classpath:db/" + name + "/common", "classpath:db/" + name + "/" + vendor)
        .toArray(String[]::new);
  }
}
