package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;

/// Turns what servers say when they refuse into a [Failure]: Corral's problem documents, Ollama's
/// `{"error": "…"}`, and whatever else stands on a port.
final class Answers {
  private Answers() {}

  static Failure failure(URI base, String path, int status, String body) {
    JsonNode document = Json.read(body);
    String message = text(document);
    String next = document.path("next").asText("");
    if (status == 404 && path.startsWith("/manage/") && message.isEmpty()) {
      return new Failure(
          Exit.FAILED,
          base + " knows no management; it is an Ollama or something else, and no Corral",
          "Point at Corral with --url or CORRAL_URL (it listens on port 11435).");
    }
    if (status == 401) {
      return new Failure(
          Exit.REFUSED,
          message.isEmpty() ? base + " wants a key" : message,
          next.isEmpty() ? "Give one with --key or CORRAL_KEY." : next);
    }
    if (message.isEmpty()) {
      message = base + " answered with status " + status;
    }
    // Management reads what was typed; Ollama's 400 may be a model that cannot do what is asked.
    boolean typed = status == 400 && path.startsWith("/manage/");
    return new Failure(typed ? Exit.USAGE : Exit.ofStatus(status), message, next);
  }

  /// An error in the middle of a stream. Ollama tells a missing name so while it pulls.
  static Failure late(JsonNode event) {
    String message = text(event);
    boolean missing = message.contains("file does not exist") || message.contains("not found");
    int status = event.path("status").asInt(0);
    Exit exit = status >= 400 ? Exit.ofStatus(status) : missing ? Exit.MISSING : Exit.FAILED;
    return new Failure(exit, message, event.path("next").asText(""));
  }

  /// The message of an error document in any of the dialects; empty where there is none.
  private static String text(JsonNode document) {
    JsonNode error = document.path("error");
    if (error.isObject()) {
      return error.path("message").asText("");
    }
    if (error.isTextual()) {
      return error.asText();
    }
    return document.path("detail").asText(document.path("title").asText(""));
  }

  static String words(IOException e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  static boolean local(URI base) {
    String host = String.valueOf(base.getHost());
    return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
  }
}
