package dev.corral.fit;

import dev.corral.gguf.Gguf;
import dev.corral.hardware.Inventory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Would it fit on this machine, now? Keeps one look at the machine for a few seconds, because
/// vendors' tools take as long as they take. May block; for any thread but an event loop.
public final class Here {
  /// Memory moves; a list of a hundred models is judged by one look.
  private static final Duration KEPT = Duration.ofSeconds(5);

  private final Supplier<Inventory> looking;
  private final Supplier<FitSettings> usual;
  private final Correction.Book book;
  private final InstantSource clock;
  private @Nullable Inventory seen;
  private Instant seenAt = Instant.MIN;

  /// @param looking at the machine
  /// @param usual what models are run with here where nobody says otherwise
  /// @param book our own record of earlier loads
  public Here(
      Supplier<Inventory> looking,
      Supplier<FitSettings> usual,
      Correction.Book book,
      InstantSource clock) {
    this.looking = looking;
    this.usual = usual;
    this.book = book;
    this.clock = clock;
  }

  /// The machine as it was a few seconds ago at most.
  public synchronized Inventory inventory() {
    Inventory found = seen;
    Instant now = clock.instant();
    if (found == null || now.isAfter(seenAt.plus(KEPT)) || now.isBefore(seenAt)) {
      found = looking.get();
      seen = found;
      seenAt = now;
    }
    return found;
  }

  /// What a book calls the driver of this machine: `cpu`, or that of its best GPU; empty where it
  /// has none.
  public Optional<String> driver(boolean gpu) {
    return gpu
        ? Hardware.of(inventory()).gpus().stream().findFirst().map(one -> one.driver().word())
        : Optional.of(Hardware.HOST_DRIVER);
  }

  /// What models are run with here.
  public FitSettings usual() {
    return usual.get();
  }

  /// Our own record of earlier loads.
  public Correction.Book book() {
    return book;
  }

  /// With the usual settings, within what the model was trained for.
  ///
  /// @param gguf the header, whole or its first part
  public Fit of(String model, Gguf gguf) {
    return of(model, gguf, usual().withinTraining(gguf));
  }

  public Fit of(String model, Gguf gguf, FitSettings settings) {
    return of(model, gguf, settings, Hardware.of(inventory()));
  }

  /// On other hardware, with what was learned here.
  public Fit of(String model, Gguf gguf, FitSettings settings, Hardware hardware) {
    return Fit.of(model, gguf, settings, hardware, book);
  }

  /// From nothing but the size of a file: a rough answer from above, never exact.
  public Fit roughly(String model, long fileBytes) {
    return roughly(model, fileBytes, Hardware.of(inventory()));
  }

  /// The same on other hardware.
  public Fit roughly(String model, long fileBytes, Hardware hardware) {
    return Rough.fit(model, fileBytes, usual(), hardware);
  }
}
