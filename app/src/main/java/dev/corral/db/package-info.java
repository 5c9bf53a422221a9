/// Opens SQLite or PostgreSQL, runs a transaction, migrates. Knows no table.
///
/// SQLite files have one writer and a few readers, so that nobody waits for a reader and no two
/// writers meet. All SQL is a constant with bound parameters; the compiler refuses any other.
@NullMarked
package dev.corral.db;

import org.jspecify.annotations.NullMarked;
