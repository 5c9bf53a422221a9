package dev.corral.gguf;

import java.util.List;

/// One row of the tensor table.
///
/// @param shape elements by dimension, the fastest first; one to four of them
/// @param offset bytes from the start of the data section
/// @param bytes size without padding
public record Tensor(String name, List<Long> shape, TensorType type, long offset, long bytes) {
  public Tensor {
    shape = List.copyOf(shape);
  }

  /// Elements along a dimension; 1 beyond the last.
  public long extent(int dimension) {
    return dimension < shape.size() ? shape.get(dimension) : 1;
  }

  /// True where it belongs to a part that sees or hears, not to the network of blocks.
  public boolean sees() {
    return name.startsWith("v.") || name.startsWith("a.") || name.startsWith("mm.");
  }

  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }
}
