package dev.corral.fit;

import java.util.List;
import java.util.Optional;

/// What our own record of earlier loads says of estimates: measured by estimated, where models of
/// that architecture were loaded through that driver.
///
/// @param ratio above 1 where estimates were too low
/// @param loads how many were compared
public record Correction(double ratio, int loads) {

  /// The record itself.
  @FunctionalInterface
  public interface Book {
    /// No loads have been looked at.
    Book EMPTY = (architecture, driver) -> Optional.empty();

    /// @param driver `cuda`, `rocm`, `vulkan`, `metal`, or `cpu` for models without a GPU
    Optional<Correction> find(String architecture, String driver);

    /// All that is recorded.
    default List<Line> all() {
      return List.of();
    }

    /// The book that has these lines.
    static Book of(List<Line> lines) {
      return new Book() {
        @Override
        public Optional<Correction> find(String architecture, String driver) {
          return lines.stream()
              .filter(line -> line.architecture().equals(architecture))
              .filter(line -> line.driver().equals(driver))
              .map(Line::correction)
              .findFirst();
        }

        @Override
        public List<Line> all() {
          return lines;
        }
      };
    }
  }

  /// One line of the record.
  public record Line(String architecture, String driver, double ratio, int loads) {
    Correction correction() {
      return new Correction(ratio, loads);
    }
  }

  /// Estimates are only ever lifted: a load that took less than estimated proves no smaller need.
  double factor() {
    return Math.max(1, ratio);
  }
}
