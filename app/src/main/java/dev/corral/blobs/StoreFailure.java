package dev.corral.blobs;

/// The store could not do what it was asked. The message is a sentence for whoever asked: what, why
/// and what to do next, without a path of this machine.
public final class StoreFailure extends Exception {
  private static final long serialVersionUID = 1;

  /// What went wrong, for the choice of a status.
  public enum Kind {
    /// The disk is full, or would be fuller than the reserve allows.
    NO_ROOM,
    /// What arrived does not have the digest that was promised.
    MISMATCH,
    /// A manifest, a config or a text of the model cannot be understood.
    DAMAGED,
    /// A blob that the manifest names is not here.
    MISSING_BLOB,
    /// The model lies in a folder that is not ours.
    READ_ONLY,
    /// Another program holds what is needed.
    BUSY,
    /// The disk refused; the log has its words.
    DISK
  }

  private final Kind kind;

  StoreFailure(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  StoreFailure(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /// The sentence; never null.
  public String text() {
    String message = getMessage();
    return message == null ? kind.name() : message;
  }
}
