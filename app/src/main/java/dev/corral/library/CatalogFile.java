package dev.corral.library;

import java.util.List;

/// What one file or list of the catalog came to.
///
/// @param origin `corral`, a file's name in the home, or the address of a list
public record CatalogFile(String origin, List<CatalogEntry> entries, List<Bad> bad) {
  /// Something in it that cannot be used.
  ///
  /// @param where which entry: `entry 3 (id 'x')`, or `file`
  /// @param reason a sentence
  public record Bad(String where, String reason) {}

  public CatalogFile {
    entries = List.copyOf(entries);
    bad = List.copyOf(bad);
  }

  static CatalogFile unusable(String origin, String reason) {
    return new CatalogFile(origin, List.of(), List.of(new Bad("file", reason)));
  }
}
