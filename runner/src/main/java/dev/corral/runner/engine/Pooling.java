package dev.corral.runner.engine;

/// How the vectors of a text's tokens become its own.
public enum Pooling {
  /// As the model's file says.
  MODEL(-1),
  /// Not at all: one vector for each token.
  NONE(0),
  /// Their mean.
  MEAN(1),
  /// That of the first token.
  CLS(2),
  /// That of the last token.
  LAST(3),
  /// A score: the model ranks.
  RANK(4);

  final int code;

  Pooling(int code) {
    this.code = code;
  }

  static Pooling of(int code) {
    for (var pooling : values()) {
      if (pooling.code == code) {
        return pooling;
      }
    }
    return NONE;
  }
}
