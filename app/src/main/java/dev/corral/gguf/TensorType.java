package dev.corral.gguf;

import java.util.Optional;

/// How the elements of a tensor are packed: so many elements to a block of so many bytes. Numbers
/// as in `ggml.h`; removed ones (4, 5, 31 to 33, 36 to 38) are unknown here as they are there.
public enum TensorType {
  F32(0, 1, 4),
  F16(1, 1, 2),
  Q4_0(2, 32, 18),
  Q4_1(3, 32, 20),
  Q5_0(6, 32, 22),
  Q5_1(7, 32, 24),
  Q8_0(8, 32, 34),
  Q8_1(9, 32, 36),
  Q2_K(10, 256, 84),
  Q3_K(11, 256, 110),
  Q4_K(12, 256, 144),
  Q5_K(13, 256, 176),
  Q6_K(14, 256, 210),
  Q8_K(15, 256, 292),
  IQ2_XXS(16, 256, 66),
  IQ2_XS(17, 256, 74),
  IQ3_XXS(18, 256, 98),
  IQ1_S(19, 256, 50),
  IQ4_NL(20, 32, 18),
  IQ3_S(21, 256, 110),
  IQ2_S(22, 256, 82),
  IQ4_XS(23, 256, 136),
  I8(24, 1, 1),
  I16(25, 1, 2),
  I32(26, 1, 4),
  I64(27, 1, 8),
  F64(28, 1, 8),
  IQ1_M(29, 256, 56),
  BF16(30, 1, 2),
  TQ1_0(34, 256, 54),
  TQ2_0(35, 256, 66),
  MXFP4(39, 32, 17),
  NVFP4(40, 64, 36),
  Q1_0(41, 128, 18),
  Q2_0(42, 64, 18);

  private final int id;
  private final int elements;
  private final int bytes;

  TensorType(int id, int elements, int bytes) {
    this.id = id;
    this.elements = elements;
    this.bytes = bytes;
  }

  /// The type of that number in a file, or empty: then nobody may guess a size.
  public static Optional<TensorType> of(int id) {
    for (TensorType type : values()) {
      if (type.id == id) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  public int id() {
    return id;
  }

  /// Elements of one block; a row is a whole number of blocks.
  public int elements() {
    return elements;
  }

  /// Bytes of one block.
  public int bytes() {
    return bytes;
  }

  /// Bytes of `count` elements, `count` a multiple of [#elements()].
  ///
  /// @throws ArithmeticException beyond 2^63
  public long size(long count) {
    return Math.multiplyExact(count / elements, (long) bytes);
  }

  /// True where blocks hold more than one element: the cache and the weights of such a type are
  /// converted or padded where others are not.
  public boolean quantized() {
    return elements > 1;
  }
}
