package dev.corral.hardware;

import java.util.List;
import java.util.Optional;

/// How people sort graphics cards: by what they hold. A filter for lists of models.
///
/// @param name as people say it
/// @param bytes what a card of that class has at least
/// @param cards examples
public record VramClass(String name, long bytes, List<String> cards) {
  /// Drivers tell a little less than is on the box.
  private static final double TOLD = 0.95;

  private static final long GIB = 1L << 30;

  /// From small to large.
  public static final List<VramClass> ALL =
      List.of(
          new VramClass(
              "6 GB", 6 * GIB, List.of("GeForce GTX 1660", "GeForce RTX 2060", "Arc A380")),
          new VramClass(
              "8 GB",
              8 * GIB,
              List.of("GeForce RTX 3070", "GeForce RTX 4060", "Radeon RX 7600", "Arc A750")),
          new VramClass(
              "12 GB",
              12 * GIB,
              List.of("GeForce RTX 3060", "GeForce RTX 4070", "Radeon RX 7700 XT", "Arc B580")),
          new VramClass(
              "16 GB",
              16 * GIB,
              List.of("GeForce RTX 4080", "GeForce RTX 5070 Ti", "Radeon RX 7800 XT", "Arc A770")),
          new VramClass(
              "24 GB",
              24 * GIB,
              List.of("GeForce RTX 3090", "GeForce RTX 4090", "Radeon RX 7900 XTX", "NVIDIA L4")),
          new VramClass(
              "32+ GB",
              32 * GIB,
              List.of("GeForce RTX 5090", "RTX A6000", "A100", "H100", "Instinct MI300X")));

  public VramClass {
    cards = List.copyOf(cards);
  }

  /// The class of a card; empty for one that is smaller than all.
  ///
  /// @param totalBytes of its memory
  public static Optional<VramClass> of(long totalBytes) {
    return ALL.reversed().stream().filter(one -> totalBytes >= one.bytes() * TOLD).findFirst();
  }
}
