package dev.corral.route;

import java.util.List;

/// An expected no.
///
/// @param kind what sort of no, which decides status and words
/// @param model the name in question; empty for none
/// @param why one sentence for the caller
/// @param next what to do now, one sentence
/// @param steps how far the name was resolved
public record Refusal(Kind kind, String model, String why, String next, List<String> steps)
    implements Decision {

  /// The sorts of no that routing knows.
  public enum Kind {
    /// No name was given and none is configured.
    NO_NAME,
    /// Not a name by Ollama's grammar.
    BAD_NAME,
    /// A name that Corral keeps for itself.
    RESERVED,
    /// A name that leaves for the network, which the configuration does not allow.
    CLOUD_NAME,
    /// A name with a host that nobody allowed.
    FOREIGN_HOST,
    /// A prefix of ours with a name that nobody configured.
    UNKNOWN_ASSIGNMENT,
    /// No backend is there at all.
    NO_BACKEND,
    /// The backends that could answer are out of reach or draining.
    UNREACHABLE
  }
}
