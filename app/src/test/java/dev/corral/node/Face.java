package dev.corral.node;

import dev.corral.Hangers;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Headers;
import dev.corral.testkit.Recording;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// An answer as everybody would see it: status, headers that say something, and the text, without
/// what differs from one minute to the next (times, durations, drawn ids) and from one build to the
/// other (sizes, digests).
record Face(int status, Map<String, String> headers, String text) {
  /// Numbers and strings that are never twice the same.
  private static final Pattern PASSING =
      Pattern.compile(
          "\"(created_at|created|completed_at|modified_at|expires_at|item_id|call_id|request_id"
              + "|total_duration|load_duration|prompt_eval_duration|eval_duration|size|size_vram"
              + "|digest)\":(\"[^\"]*\"|[0-9]+)");

  /// Drawn ids; a model's name is one too, and stays.
  private static final Pattern ID =
      Pattern.compile(
          "\"id\":\"((chatcmpl-|cmpl-|resp_|msg_|fc_|rs_|call_)[^\"]*|[A-Za-z0-9]{32})\"");

  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

  /// Vectors agree to five digits from one build of the engine to another.
  private static final Pattern REAL = Pattern.compile("(-?\\d+\\.\\d{4})\\d+");

  private static final List<String> CONNECTION =
      List.of("connection", "transfer-encoding", "content-length", "date", "x-request-id", "vary");

  static Face of(Recording recording) {
    String text =
        Hangers.in(recording.responseBody().text()).replace("DEFAULT_HOST", "registry.ollama.ai");
    return new Face(
        recording.status(),
        headers(recording.responseHeaders()),
        masked(text, recording.abridged()));
  }

  /// @param like the recording, of whose stream the middle may be left out
  static Face of(Answer answer, Recording like) {
    // The gateway adds the next step to the words of a model that is missing.
    String text = answer.text().replaceAll("\\. Pull it: corral pull [^\"\\\\]*", "");
    return new Face(answer.status(), headers(answer.headers()), masked(text, like.abridged()));
  }

  private static Map<String, String> headers(Headers headers) {
    Map<String, String> told = new TreeMap<>();
    headers
        .lines()
        .forEach(header -> {
          String name = header.name().toLowerCase(Locale.ROOT);
          if (!CONNECTION.contains(name) && !name.startsWith("x-corral-")) {
            told.merge(name, header.value(), (a, b) -> a + ", " + b);
          }
        });
    return told;
  }

  private static String masked(String text, boolean abridged) {
    String masked = PASSING.matcher(text.strip()).replaceAll("\"$1\":0");
    masked = ID.matcher(masked).replaceAll("\"id\":0");
    masked = DIGEST.matcher(masked).replaceAll("sha256:0");
    masked = REAL.matcher(masked).replaceAll("$1");
    List<String> lines = masked.lines().filter(line -> !line.isBlank()).toList();
    return abridged
        ? lines.getFirst() + "\n" + lines.getLast()
        : lines.stream().collect(Collectors.joining("\n"));
  }

  /// Where two faces differ first, for people.
  String unlike(Face other) {
    if (status != other.status) {
      return "status " + status + ", not " + other.status + ": " + brief(text, 0);
    }
    if (!headers.equals(other.headers)) {
      return "headers " + headers + ", not " + other.headers;
    }
    int at = 0;
    while (at < Math.min(text.length(), other.text.length())
        && text.charAt(at) == other.text.charAt(at)) {
      at++;
    }
    return "text …" + brief(text, at) + "…, not …" + brief(other.text, at) + "…";
  }

  private static String brief(String text, int at) {
    int from = Math.max(0, at - 60);
    return text.substring(from, Math.min(text.length(), at + 200)).replace("\n", "⏎");
  }
}
