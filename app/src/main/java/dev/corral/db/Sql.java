package dev.corral.db;

import com.google.errorprone.annotations.CompileTimeConstant;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Statements within one transaction. Parameters are text, whole numbers, or null; nothing of a
/// caller ever becomes part of a statement.
public final class Sql {
  private final Connection connection;

  Sql(Connection connection) {
    this.connection = connection;
  }

  /// Changes rows; answers how many.
  public int update(@CompileTimeConstant final String sql, @Nullable Object... parameters) {
    try (PreparedStatement statement = prepared(sql, parameters)) {
      return statement.executeUpdate();
    } catch (SQLException e) {
      throw new DatabaseFailure(e);
    }
  }

  public <T> List<T> query(
      Function<Row, T> reader,
      @CompileTimeConstant final String sql,
      @Nullable Object... parameters) {
    try (PreparedStatement statement = prepared(sql, parameters);
        ResultSet rows = statement.executeQuery()) {
      List<T> found = new ArrayList<>();
      Row row = new Row(rows);
      while (rows.next()) {
        found.add(reader.apply(row));
      }
      return found;
    } catch (SQLException e) {
      throw new DatabaseFailure(e);
    }
  }

  /// The first row, where there is one.
  public <T> Optional<T> find(
      Function<Row, T> reader,
      @CompileTimeConstant final String sql,
      @Nullable Object... parameters) {
    return query(reader, sql, parameters).stream().findFirst();
  }

  private PreparedStatement prepared(String sql, @Nullable Object... parameters)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < parameters.length; i++) {
      Object parameter = parameters[i];
      switch (parameter) {
        case null -> statement.setNull(i + 1, Types.NULL);
        case String text -> statement.setString(i + 1, text);
        case Integer number -> statement.setLong(i + 1, number);
        case Long number -> statement.setLong(i + 1, number);
        default -> throw new IllegalArgumentException("No SQL type for " + parameter.getClass());
      }
    }
    return statement;
  }
}
