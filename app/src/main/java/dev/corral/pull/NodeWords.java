package dev.corral.pull;

import dev.corral.model.Digest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the words mean with which a node gives a pull up, or cannot load a model. Recorded texts:
/// reference/ollama-live.md items 1, 7, 16 to 20 and `pull-err-*`.
final class NodeWords {
  private static final Pattern PARTS =
      Pattern.compile("remove .*sha256-([0-9a-f]{64})-partial.*: no such file or directory");

  /// The registry's status for a manifest, a blob or a token, or the node's word for having been
  /// refused twice; source: `makeRequestWithRetry` of its server.
  private static final Pattern DENIED =
      Pattern.compile(
          "^(pull model manifest: )?(40[13](: .*)?|unauthorized: access denied)$", Pattern.DOTALL);

  /// Ends of the connection between the node and its registry.
  private static final List<String> PASSING =
      List.of(
          "unexpected eof",
          "max retries exceeded",
          "connection refused",
          "connection reset",
          "broken pipe",
          "timeout",
          "timed out",
          "no such host",
          "server misbehaving",
          "temporary failure",
          "network is unreachable",
          "no route to host",
          "context canceled",
          "500: ",
          "502: ",
          "503: ",
          "504: ",
          "429: ");

  private static final List<String> UNREADABLE =
      List.of(
          "invalid character",
          "magic",
          "eof",
          "not within the file bounds",
          "within file bounds",
          "corrupt",
          "failed to read",
          "no such file");

  private NodeWords() {}

  /// What to do about a pull that the node gave up.
  sealed interface Meaning {
    /// No registry has it.
    record Missing() implements Meaning {}

    /// One blob was wrong and is gone; others of the same pull may be as wrong and stay.
    record Mismatch() implements Meaning {}

    /// What an interrupted pull left keeps this blob from ever coming.
    ///
    /// @param digest where the words say which
    record Parts(Optional<Digest> digest) implements Meaning {}

    record NoRoom() implements Meaning {}

    /// The registry does not give it to this node.
    record Denied() implements Meaning {}

    /// May go well the next time.
    record Passing() implements Meaning {}

    /// Will not change by itself.
    record Final() implements Meaning {}
  }

  static Meaning of(String text) {
    Matcher parts = PARTS.matcher(text);
    String folded = text.toLowerCase(Locale.ROOT);
    if (text.equals("EOF")) {
      return new Meaning.Parts(Optional.empty());
    }
    if (parts.find()) {
      return new Meaning.Parts(Digest.parse("sha256:" + parts.group(1)));
    }
    if (folded.contains("digest mismatch")) {
      return new Meaning.Mismatch();
    }
    if (folded.endsWith("file does not exist")) {
      return new Meaning.Missing();
    }
    if (folded.contains("no space left")) {
      return new Meaning.NoRoom();
    }
    if (DENIED.matcher(folded).matches()) {
      return new Meaning.Denied();
    }
    return PASSING.stream().anyMatch(folded::contains)
        ? new Meaning.Passing()
        : new Meaning.Final();
  }

  /// True where a refusal to load says that the bytes make no sense, rather than that there is no
  /// memory for them.
  static boolean unreadable(String text) {
    String folded = text.toLowerCase(Locale.ROOT);
    return UNREADABLE.stream().anyMatch(folded::contains);
  }
}
