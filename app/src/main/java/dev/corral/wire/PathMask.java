package dev.corral.wire;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Takes the paths of a machine's disk out of an error text, so that a caller learns nothing about
/// it. Addresses, model names, digests and paths of an API survive. Works on plain text and on JSON
/// as it stands: the result of valid JSON is valid JSON.
///
/// Where such texts come from: Ollama's pull, push, create and load errors (reference/ollama.md,
/// section 2).
public final class PathMask {
  private static final String MASK = "…/";

  /// What may stand in a path; the rest ends it.
  private static final String UNIX = "[^\\s\"'`<>\\\\()|]";

  private static final String WINDOWS = "[^\\s\"'`<>|*?()]";

  /// What may stand at its end and belongs to the sentence.
  private static final String SENTENCE = ":.,;";

  private static final Pattern CANDIDATE =
      Pattern.compile(
          "(?<url>\\b[A-Za-z][A-Za-z0-9+.-]*://[^\\s\"'`<>\\\\]*)"
              // C:\ or C:/, also with JSON's doubled backslashes; or \\server\share
              + "|(?<windows>(?:(?<![A-Za-z0-9])[A-Za-z]:(?:\\\\+|/)|(?<!\\\\)\\\\{2,4}[\\w.-]+\\\\{1,2}[\\w$.-])"
              + WINDOWS
              + "*)"
              // a slash that begins a word, also behind an escape of JSON
              + "|(?<unix>(?:(?<![\\w.~/@%+\\\\…-])|(?<=\\\\[nrtbf])|(?<=\\\\u[0-9a-fA-F]{4}))/(?=[\\w.~@])"
              + UNIX
              + "+)"
              // what is left of an Ollama's store behind a space in a folder's name
              + "|(?<store>(?<= )"
              + UNIX
              + "*/\\.ollama/"
              + UNIX
              + "*)");

  /// Folders in whose names people put spaces: there the next word may belong to the path.
  private static final Pattern ROOMY = Pattern.compile("/(?:Users|home|Volumes|mnt|media)/");

  private static final Pattern NEXT_UNIX =
      Pattern.compile(" (?!\\S*://)(?!/)[^\\s\"'`<>\\\\:/]*/" + UNIX + "*");

  private static final Pattern NEXT_WINDOWS =
      Pattern.compile(" [^\\s\"'`<>|:\\\\]+\\\\" + WINDOWS + "*");

  /// A blob's name says what is wrong and nothing about the disk.
  private static final Pattern BLOB =
      Pattern.compile("[/\\\\](sha256-[0-9a-f]{6,64}(?:-partial(?:-\\d+)?)?)$");

  /// First segments of the APIs that errors speak of.
  private static final Pattern API =
      Pattern.compile("/(?:api|v1|v2|manage|health|metrics|assets)(?:[/?:].*)?");

  /// A single segment is a path only where it is one of these; else it may be a word like `/think`.
  private static final Pattern ROOT =
      Pattern.compile(
          "/(?:root|home|tmp|usr|var|etc|opt|mnt|srv|data|models|media|proc|dev|run|private|Users"
              + "|Volumes|Library|snap|nix|workspace)");

  private PathMask() {}

  public static String mask(String text) {
    if (text.indexOf('/') < 0 && text.indexOf('\\') < 0) {
      return text;
    }
    Matcher candidate = CANDIDATE.matcher(text);
    StringBuilder out = new StringBuilder(text.length());
    int at = 0;
    while (candidate.find(at)) {
      int end = endOf(candidate, text);
      String found = text.substring(candidate.start(), end);
      out.append(text, at, candidate.start());
      out.append(harmless(candidate, found) ? found : masked(found));
      at = end;
    }
    return at == 0 ? text : out.append(text, at, text.length()).toString();
  }

  private static int endOf(Matcher candidate, String text) {
    int start = candidate.start();
    int end = candidate.end();
    if (candidate.group("url") != null) {
      return end;
    }
    if (candidate.group("windows") != null) {
      end = further(NEXT_WINDOWS, text, end);
    } else if (ROOMY.matcher(candidate.group()).lookingAt()) {
      end = further(NEXT_UNIX, text, end);
    }
    while (end > start + 1 && SENTENCE.indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    return end - escapesQuote(text, start, end);
  }

  private static int further(Pattern word, String text, int from) {
    Matcher next = word.matcher(text);
    int end = from;
    while (next.region(end, text.length()).lookingAt()) {
      end = next.end();
    }
    return end;
  }

  /// One where the last backslash belongs to an escaped quote that follows.
  private static int escapesQuote(String text, int start, int end) {
    int first = end;
    while (first > start && text.charAt(first - 1) == '\\') {
      first--;
    }
    boolean quote = end < text.length() && text.charAt(end) == '"';
    return quote && (end - first) % 2 == 1 ? 1 : 0;
  }

  private static boolean harmless(Matcher candidate, String found) {
    if (candidate.group("url") != null) {
      return !found.toLowerCase(Locale.ROOT).startsWith("file:");
    }
    if (candidate.group("unix") == null) {
      return false;
    }
    boolean single = found.indexOf('/', 1) < 0;
    return API.matcher(found).matches() || (single && !ROOT.matcher(found).matches());
  }

  private static String masked(String path) {
    Matcher blob = BLOB.matcher(path);
    return blob.find() ? MASK + blob.group(1) : MASK;
  }
}
