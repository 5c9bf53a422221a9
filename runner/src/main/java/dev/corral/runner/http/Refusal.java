package dev.corral.runner.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.runner.engine.TaskFailed;
import org.jspecify.annotations.Nullable;

/// A request that is not answered, in llama-server's words: `{"error": {"code", "message",
/// "type"}}`. Thrown where it is found; without a stack trace, because it is the caller's matter.
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final int status;
  private final String type;
  private final transient @Nullable TaskFailed failed;

  private Refusal(int status, String type, String message, @Nullable TaskFailed failed) {
    super(message, null, false, false);
    this.status = status;
    this.type = type;
    this.failed = failed;
  }

  static Refusal invalid(String message) {
    return new Refusal(400, "invalid_request_error", message, null);
  }

  static Refusal tooLarge(int most) {
    String text = "The request is larger than " + most / (1024 * 1024) + " MiB";
    return new Refusal(413, "invalid_request_error", text, null);
  }

  static Refusal noRoom() {
    String text = "Too many large requests are being answered; ask again when some have ended";
    return new Refusal(503, "unavailable_error", text, null);
  }

  static Refusal wrongKey() {
    return new Refusal(401, "authentication_error", "Invalid API Key", null);
  }

  static Refusal unknownPath() {
    return new Refusal(404, "not_found_error", "File Not Found", null);
  }

  static Refusal unsupported(String message) {
    return new Refusal(501, "not_supported_error", message, null);
  }

  /// A mistake of our own, whose trace is in the log.
  static Refusal broken() {
    String text = "The runner failed at this request; its log says why";
    return new Refusal(500, "server_error", text, null);
  }

  static Refusal of(TaskFailed failed) {
    String message = failed.message();
    return switch (failed.kind()) {
      case EXCEEDS_CONTEXT -> new Refusal(400, "exceed_context_size_error", message, failed);
      case INVALID -> invalid(message);
      case UNSUPPORTED -> unsupported(message);
      case CANCELLED, CLOSED -> new Refusal(503, "unavailable_error", message, null);
      case BROKEN -> new Refusal(500, "server_error", message, null);
    };
  }

  int status() {
    return status;
  }

  ObjectNode json() {
    ObjectNode answer = Json.object();
    ObjectNode error = answer.putObject("error");
    error.put("code", status).put("message", getMessage()).put("type", type);
    if (failed != null) {
      error.put("n_prompt_tokens", failed.promptTokens()).put("n_ctx", failed.limit());
    }
    return answer;
  }
}
