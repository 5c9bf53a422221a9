package dev.corral.upstream;

/// Why a call to a backend ended without its answer.
public sealed interface Failure {
  /// The cause in words, without addresses of ours.
  String why();

  /// No connection came about, so not one byte was sent: the next candidate may be asked.
  record NotConnected(String why) implements Failure {}

  /// Nothing was sent, and the reason lies here: no free file for a socket, or a request that
  /// cannot be written down. Says nothing about the backend.
  record NotSent(String why) implements Failure {}

  /// The connection ended before an answer began.
  ///
  /// @param reused true where the connection had been kept from an earlier call; a backend may have
  ///   closed it in the same moment, which says nothing about its health
  record NoAnswer(String why, boolean reused) implements Failure {}

  /// The answer began and broke off.
  record Cut(String why) implements Failure {}
}
