package dev.corral.runner.llama;

import java.util.Locale;
import java.util.Optional;

/// In which numbers keys and values are kept (`enum ggml_type` of ggml.h).
public enum CacheType {
  F32(0),
  F16(1),
  Q4_0(2),
  Q4_1(3),
  Q5_0(6),
  Q5_1(7),
  Q8_0(8),
  IQ4_NL(20),
  BF16(30);

  public final int code;

  CacheType(int code) {
    this.code = code;
  }

  /// By llama-server's name for it, such as `q8_0`.
  public static Optional<CacheType> find(String name) {
    for (var type : values()) {
      if (type.name().toLowerCase(Locale.ROOT).equals(name)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
