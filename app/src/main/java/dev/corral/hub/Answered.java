package dev.corral.hub;

import dev.corral.registry.Trouble;
import java.util.function.Function;

/// What asking the Hub came to.
public sealed interface Answered<T> {
  /// What was asked for.
  record Got<T>(T value) implements Answered<T> {}

  /// Why there is nothing.
  record Not<T>(Trouble trouble) implements Answered<T> {}

  /// The same with a value made of the value.
  default <U> Answered<U> then(Function<T, Answered<U>> next) {
    return switch (this) {
      case Got<T>(T value) -> next.apply(value);
      case Not<T>(Trouble trouble) -> new Not<>(trouble);
    };
  }
}
