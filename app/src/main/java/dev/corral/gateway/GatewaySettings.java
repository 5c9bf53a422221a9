package dev.corral.gateway;

import dev.corral.assign.Assignments;
import dev.corral.model.ModelName;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// What the hot path needs of the configuration, as one immutable value that a reload replaces.
///
/// @param bodyBytes largest body of an exchange
/// @param headers which `X-Corral-*` headers an answer carries: `all`, `model`, `none`, or empty
///   for `all` without keys and `model` with
/// @param mayLeaveFor whether a node may be sent to that host for a model; given as names carry it:
///   `hf.co`, `127.0.0.1:5000`
/// @param isProtected whether nothing may remove a model; may block
public record GatewaySettings(
    Assignments assignments,
    long bodyBytes,
    String headers,
    Predicate<String> mayLeaveFor,
    Predicate<ModelName> isProtected,
    Anchored anchored) {
  /// What is kept for an undo, which no listing shows.
  ///
  /// @param any whether there is anything to hide; on the event loop
  /// @param meant the public name behind a hidden one; the hidden one itself where it is not known
  public record Anchored(BooleanSupplier any, UnaryOperator<String> meant) {
    boolean keeps(String name) {
      return any.getAsBoolean() && !meant.apply(name).equals(name);
    }
  }
}
