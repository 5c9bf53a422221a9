package dev.corral.engine;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/// What answers need of the engine. The engine is one; tests of answers bring another.
public interface Runners {
  /// Asks for a runner with `load`: at once where one is ready, else when it is.
  ///
  /// A caller that leaves cancels the future and is out of the queue at once; a lease that is won
  /// in the same moment is given back by itself. The future never fails.
  CompletableFuture<Granted> lease(Load load);

  /// Every runner that there is, oldest first. Costs nothing.
  List<Running> running();

  /// Unloads what serves `name`, once those who use it are done.
  ///
  /// @return false where no runner serves it
  boolean unload(String name);
}
