package dev.corral.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One exchange with a real Ollama 0.33.0-rc2, recorded on loopback.
@SuppressWarnings("ArrayRecordComponent") // bytes as they were; nobody compares two recordings
record Recording(
    String method, String path, byte[] request, int status, String contentType, byte[] answer) {

  private static final Pattern LEFT_OUT = Pattern.compile("(?m)^=== .* EVENTS LEFT OUT\n\n?");

  static Recording named(String name) {
    try (InputStream file = Recording.class.getResourceAsStream("recorded/" + name + ".http")) {
      return parse(new String(file.readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Recording parse(String text) {
    int response = text.indexOf("=== RESPONSE\n");
    int timing = text.lastIndexOf("=== TIMING\n");
    String asked = text.substring("=== REQUEST\n".length(), response);
    String answered = text.substring(response + "=== RESPONSE\n".length(), timing);
    List<String> line = List.of(asked.substring(0, asked.indexOf('\n')).split(" "));
    Matcher status = Pattern.compile("HTTP/1.1 (\\d+)").matcher(answered);
    Matcher type = Pattern.compile("(?m)^Content-Type: (.*)$").matcher(answered);
    if (!status.find()) {
      throw new IllegalArgumentException("no status line");
    }
    String contentType = type.find() ? type.group(1) : "";
    return new Recording(
        line.get(0),
        line.get(1),
        body(asked),
        Integer.parseInt(status.group(1)),
        contentType,
        body(LEFT_OUT.matcher(answered).replaceAll("")));
  }

  private static byte[] body(String message) {
    String body = message.substring(message.indexOf("\n\n") + 2);
    String mark = "\n=== NO NEWLINE AT END\n";
    if (body.endsWith(mark)) {
      return body.substring(0, body.length() - mark.length()).getBytes(UTF_8);
    }
    boolean request = message.contains("User-Agent");
    boolean added = request && body.endsWith("\n");
    return (added ? body.substring(0, body.length() - 1) : body).getBytes(UTF_8);
  }

  /// The call that the path means.
  Call call() {
    return switch (path) {
      case "/v1/chat/completions" -> Call.V1_CHAT;
      default ->
          Call.valueOf(
              path.replaceFirst("^/api/", "")
                  .replaceFirst("^/", "")
                  .replace('/', '_')
                  .toUpperCase(Locale.ROOT));
    };
  }
}
