package dev.corral.db;

/// @param url empty: SQLite files in the home; `jdbc:postgresql://…` for several instances
public record DatabaseSettings(String url) {
  private static final String POSTGRESQL = "jdbc:postgresql://";

  public static DatabaseSettings defaults() {
    return new DatabaseSettings("");
  }

  public DatabaseSettings {
    if (!url.isEmpty() && !url.startsWith(POSTGRESQL)) {
      throw new IllegalArgumentException(
          "database.url must be empty (SQLite files in the home) or begin with " + POSTGRESQL);
    }
  }

  /// A URL may hold a password.
  @Override
  public String toString() {
    return url.isEmpty() ? "SQLite" : "PostgreSQL";
  }
}
