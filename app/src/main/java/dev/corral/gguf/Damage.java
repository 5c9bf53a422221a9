package dev.corral.gguf;

/// How the parser leaves a damaged header; never leaves the room. Carries no stack trace, because a
/// stranger's file decides how often it is thrown.
final class Damage extends Exception {
  private static final long serialVersionUID = 1;

  private final Fault fault;

  Damage(Fault fault, String reason) {
    super(reason, null, false, false);
    this.fault = fault;
  }

  Reading.Refused refused() {
    String reason = getMessage();
    return new Reading.Refused(fault, reason == null ? fault.name() : reason);
  }
}
