package dev.corral.upstream;

import java.io.IOException;

/// A call that a virtual thread makes ended without its answer, or in the middle of it.
public final class CallFailed extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  CallFailed(Failure failure) {
    super(failure.why());
    this.failure = failure;
  }

  public Failure failure() {
    return failure;
  }
}
