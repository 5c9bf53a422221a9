package dev.corral.db;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// One row of an answer, valid while it is looked at.
public final class Row {
  private final ResultSet row;

  Row(ResultSet row) {
    this.row = row;
  }

  /// @throws DatabaseFailure where the column is null or there is none of that name
  public String text(String column) {
    String value = textOrNull(column);
    if (value == null) {
      throw new DatabaseFailure("The column " + column + " is empty");
    }
    return value;
  }

  public @Nullable String textOrNull(String column) {
    try {
      return row.getString(column);
    } catch (SQLException e) {
      throw new DatabaseFailure(e);
    }
  }

  /// A whole number; times are kept as epoch milliseconds.
  public long number(String column) {
    Long value = numberOrNull(column);
    if (value == null) {
      throw new DatabaseFailure("The column " + column + " is empty");
    }
    return value;
  }

  public @Nullable Long numberOrNull(String column) {
    try {
      long value = row.getLong(column);
      return row.wasNull() ? null : value;
    } catch (SQLException e) {
      throw new DatabaseFailure(e);
    }
  }
}
