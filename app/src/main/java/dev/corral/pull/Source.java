package dev.corral.pull;

import dev.corral.model.Layer;
import dev.corral.registry.Ranged;
import dev.corral.registry.Remote;

/// Where the bytes of a blob come from. Several threads ask at once.
@FunctionalInterface
interface Source {
  /// @param last offset of the last byte, inclusive
  /// @return the part, which the caller closes; or why there is none
  Ranged range(Layer layer, long first, long last);

  static Source of(Remote remote) {
    return (layer, first, last) -> remote.range(layer.digest(), first, last, layer.size());
  }
}
