package dev.corral.testkit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the `.http` files. Works on Latin-1 text, in which each character is one byte.
final class RecordingParser {
  private static final Pattern HIDDEN =
      Pattern.compile(
          "^=== (?:REQUEST BODY NOT SHOWN: |BINARY )(\\d+) bytes\n?", Pattern.MULTILINE);
  private static final Pattern LEFT_OUT =
      Pattern.compile("^=== \\d+ EVENTS LEFT OUT\n\n?", Pattern.MULTILINE);
  private static final Pattern CHUNKS =
      Pattern.compile("^chunks \\(ms size\\): (.*)$", Pattern.MULTILINE);
  private static final String NO_NEWLINE = "\n=== NO NEWLINE AT END\n";

  private RecordingParser() {}

  static Recording parse(String name, byte[] file) {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    int response = text.indexOf("=== RESPONSE\n");
    int timing = text.lastIndexOf("=== TIMING\n");
    String start = "=== REQUEST\n";
    if (!text.startsWith(start) || response < 0 || timing < response) {
      throw new IllegalArgumentException("Not a recording: " + name);
    }
    return parse(
        name,
        text.substring(start.length(), response),
        text.substring(response + "=== RESPONSE\n".length(), timing),
        text.substring(timing));
  }

  private static Recording parse(String name, String request, String response, String timing) {
    String[] asked = split(request);
    String[] line = asked[0].substring(0, asked[0].indexOf('\n')).split(" ", -1);
    Matcher hidden = HIDDEN.matcher(asked[1]);
    boolean shown = !hidden.find();
    Headers requestHeaders = headers(asked[0]);
    String[] answered = split(response);
    int status = answered[0].isBlank() ? 0 : Integer.parseInt(answered[0].split(" ", 3)[1]);
    Headers responseHeaders = headers(answered[0]);
    Matcher leftOut = LEFT_OUT.matcher(answered[1]);
    boolean abridged = leftOut.find();
    String body = leftOut.reset().replaceAll("");
    if (body.endsWith(NO_NEWLINE)) {
      body = body.substring(0, body.length() - NO_NEWLINE.length());
    }
    Body answer = status == 0 ? Body.EMPTY : latin(body);
    return new Recording(
        name,
        line[0],
        line[1],
        requestHeaders,
        shown ? latin(asBodyOf(requestHeaders, asked[1])) : Body.EMPTY,
        shown ? 0 : Long.parseLong(hidden.group(1)),
        status,
        responseHeaders,
        answer,
        chunks(timing, answer.size()),
        abridged,
        !timing.contains("NOT TERMINATED"));
  }

  /// Head and body of a section.
  private static String[] split(String section) {
    int empty = section.indexOf("\n\n");
    return empty < 0
        ? new String[] {section, ""}
        : new String[] {section.substring(0, empty + 1), section.substring(empty + 2)};
  }

  private static Headers headers(String head) {
    List<String> lines = head.lines().toList();
    return Headers.parse(lines.subList(Math.min(1, lines.size()), lines.size()));
  }

  /// The newline in front of the next section is not part of a request's body.
  private static String asBodyOf(Headers headers, String text) {
    int length = headers.first("Content-Length").map(Integer::parseInt).orElse(0);
    return text.length() == length + 1 ? text.substring(0, length) : text;
  }

  private static Body latin(String text) {
    return Body.of(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static List<Integer> chunks(String timing, int size) {
    Matcher told = CHUNKS.matcher(timing);
    if (!told.find() || told.group(1).contains("...")) {
      return List.of();
    }
    List<Integer> sizes =
        Arrays.stream(told.group(1).split(", ", -1))
            .map(pair -> Integer.valueOf(pair.substring(pair.indexOf(' ') + 1)))
            .toList();
    return sizes.stream().mapToInt(Integer::intValue).sum() == size ? sizes : List.of();
  }

  static List<Body> pieces(Recording recording) {
    Body body = recording.responseBody();
    if (body.size() == 0) {
      return List.of();
    }
    List<Integer> ends = new ArrayList<>();
    if (!recording.chunks().isEmpty()) {
      int end = 0;
      for (int size : recording.chunks()) {
        end += size;
        ends.add(end);
      }
    } else if (recording.streamed()) {
      String type = recording.responseHeaders().first("Content-Type").orElse("");
      ends.addAll(ends(body, type.startsWith("text/event-stream") ? "\n\n" : "\n"));
    } else {
      ends.add(body.size());
    }
    List<Body> pieces = new ArrayList<>();
    int start = 0;
    for (int end : ends) {
      pieces.add(body.slice(start, end));
      start = end;
    }
    return pieces;
  }

  private static List<Integer> ends(Body body, String separator) {
    String text = new String(body.unsafe(), StandardCharsets.ISO_8859_1);
    List<Integer> ends = new ArrayList<>();
    int at = text.indexOf(separator);
    while (at >= 0) {
      ends.add(at + separator.length());
      at = text.indexOf(separator, at + separator.length());
    }
    if (ends.isEmpty() || ends.getLast() < text.length()) {
      ends.add(text.length());
    }
    return ends;
  }
}
