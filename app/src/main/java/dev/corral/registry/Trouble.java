package dev.corral.registry;

import dev.corral.outbound.NotReached;
import java.time.Duration;
import java.util.Optional;

/// Why a registry did not give what was asked for.
///
/// @param text a clause for people: what and why
/// @param next what to do about it; may be empty
/// @param retryAfter how long the registry wants to be left alone
public record Trouble(Kind kind, String text, String next, Optional<Duration> retryAfter)
    implements Fetched, Ranged, Pushed, Door.Sent {
  /// What kind of failure it is, which decides whether somebody tries again.
  public enum Kind {
    /// There is no such model or blob.
    MISSING,
    /// Somebody must prove who they are, or may not.
    DENIED,
    /// A rule of ours: the host, the address, the redirect.
    NOT_ALLOWED,
    /// Nobody there, too slow, busy, broken for now.
    AWAY,
    /// It answers something that makes no sense.
    WRONG
  }

  public Trouble(Kind kind, String text, String next) {
    this(kind, text, next, Optional.empty());
  }

  /// The same for an answer that never came.
  public static Trouble of(NotReached no) {
    Kind kind =
        switch (no.why()) {
          case NOT_ALLOWED -> Kind.NOT_ALLOWED;
          case UNREACHABLE, SILENT -> Kind.AWAY;
          case TLS, BAD_ANSWER -> Kind.WRONG;
        };
    return new Trouble(kind, no.text(), no.next());
  }

  /// True where the same question may well get an answer later.
  public boolean passing() {
    return kind == Kind.AWAY;
  }

  /// True where somebody says no, here or there.
  public boolean denied() {
    return kind == Kind.DENIED || kind == Kind.NOT_ALLOWED;
  }

  /// Text and next step as one text.
  public String sentence() {
    return next.isEmpty() ? text : text + ". " + next;
  }
}
