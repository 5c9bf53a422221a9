package dev.corral.db;

import java.sql.SQLException;

/// The database could not do what it was asked: it is away, full, busy for too long, or a rule of a
/// table was broken. Whoever can go on without it does.
public final class DatabaseFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// SQLSTATE class 23, and SQLite's SQLITE_CONSTRAINT.
  private static final String CONSTRAINT_CLASS = "23";

  private static final int SQLITE_CONSTRAINT = 19;

  DatabaseFailure(SQLException cause) {
    super("The database refused: " + cause.getMessage(), cause);
  }

  DatabaseFailure(String message) {
    super(message);
  }

  /// True where a rule of the table said no, for example because a name is taken.
  public boolean conflict() {
    return getCause() instanceof SQLException cause
        && (cause.getErrorCode() == SQLITE_CONSTRAINT
            || (cause.getSQLState() != null && cause.getSQLState().startsWith(CONSTRAINT_CLASS)));
  }
}
