package dev.corral.hardware;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// What this machine offers to models, at one moment.
///
/// @param gpus those that this process may use; none is an ordinary case
public record Inventory(List<Gpu> gpus, HostMemory host, Instant at) {
  public Inventory {
    gpus = List.copyOf(gpus);
  }

  /// Looks now. Takes as long as the vendors' tools, up to some seconds where one hangs: never for
  /// an event loop, and worth keeping for a while.
  public static Inventory read() {
    return read(Surroundings.ours());
  }

  public static Inventory read(Surroundings surroundings) {
    HostMemory host = HostMemory.read(surroundings.root());
    List<Gpu> gpus = new ArrayList<>();
    if (surroundings.apple()) {
      new Apple(surroundings.commands()).gpu(host).ifPresent(gpus::add);
    } else {
      gpus.addAll(new Nvidia(surroundings, host).gpus());
      gpus.addAll(new Cards(surroundings, host).gpus());
    }
    return new Inventory(gpus, host, host.at());
  }
}
