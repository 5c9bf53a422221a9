package dev.corral.outbound;

/// Nobody's answer came.
///
/// @param text what went wrong, as a clause for people: no path, no key
/// @param next what to do about it; empty where the reader knows nothing better than trying again
public record NotReached(Why why, String text, String next) implements Reached {
  /// What kind of failure it is: whether it helps to try again.
  public enum Why {
    /// A rule of ours: the host, the address, the scheme, the redirect. Trying again is no use.
    NOT_ALLOWED,
    /// Nobody there: no such name, connection refused, no way.
    UNREACHABLE,
    /// It took too long.
    SILENT,
    /// The certificate or the handshake.
    TLS,
    /// It answered something that is no HTTP, or in a form that was not asked for.
    BAD_ANSWER
  }

  public boolean worthTrying() {
    return why == Why.UNREACHABLE || why == Why.SILENT;
  }
}
