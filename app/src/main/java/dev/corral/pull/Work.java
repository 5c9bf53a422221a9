package dev.corral.pull;

import dev.corral.model.ModelName;
import dev.corral.pull.Pull.Problem;
import dev.corral.revision.Anchors;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// The work on one job, on a virtual thread of its own. The owner of the jobs looks at it from
/// outside while it goes on: what it tells must be quick, and safe for another thread.
interface Work {
  /// What the work came to.
  sealed interface End {
    record Done() implements End {}

    record Stopped() implements End {}

    record Failed(Problem problem) implements End {}

    /// The disk became full on the way; it goes on when there is room.
    ///
    /// @param bytes for which it needs room, beside what others will still write
    record NoRoom(Problem problem, long bytes) implements End {}
  }

  /// Works until the model is there, or it cannot be; blocks.
  End work();

  /// Ends the work soon; what is there stays.
  void stop();

  /// Where it stands now, one of the states in which somebody works.
  PullState state();

  /// In the order in which they are fetched; empty until something is known of them.
  List<Pull.Blob> blobs();

  /// How often it has begun anew by itself.
  int again();

  /// Where models go: what begins the work on a job there.
  interface Place {
    Work begin(Order order);

    /// Whether so many bytes more have room there, as far as we can know.
    boolean hasRoom(long bytes);
  }

  /// What is to be done.
  ///
  /// @param target [Pulls#OWN] or a node's name
  /// @param patient goes on asking where nobody answers at first: for jobs that had begun before
  /// @param othersNeed bytes that other jobs will still write to our own disk
  /// @param anchors keep what the name meant before; empty until they are known
  record Order(
      ModelName name,
      String target,
      boolean patient,
      LongSupplier othersNeed,
      Supplier<Optional<Anchors>> anchors) {}
}
