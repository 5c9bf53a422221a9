package dev.corral.db;

/// @param url empty: SQLite files in the home; `jdbc:postgresql://…` for several instances
public record DatabaseSettings(String url) {
  public static DatabaseSettings defaults() {
    return new DatabaseSettings("");
  }
}
