/// Opens SQLite or PostgreSQL, runs a transaction, migrates. Knows no table.
@NullMarked
package dev.corral.db;

import org.jspecify.annotations.NullMarked;
