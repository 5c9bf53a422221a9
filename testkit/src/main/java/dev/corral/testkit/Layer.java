package dev.corral.testkit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/// Which API a path belongs to, and how that API words an error (reference/ollama.md section 2).
enum Layer {
  NATIVE,
  OPENAI,
  ANTHROPIC,
  /// llama-server's own paths.
  LLAMA;

  private static final Set<String> LLAMA_PATHS =
      Set.of("/completion", "/completions", "/embedding", "/embeddings", "/tokenize");

  static Layer of(String path) {
    if (path.startsWith("/v1/messages")) {
      return ANTHROPIC;
    }
    if (LLAMA_PATHS.contains(path)) {
      return LLAMA;
    }
    return path.startsWith("/v1/") ? OPENAI : NATIVE;
  }

  ObjectNode error(int status, String message) {
    return switch (this) {
      case NATIVE -> Json.object().put("error", message);
      case OPENAI -> openAi(status, message);
      case ANTHROPIC -> anthropic(status, message);
      case LLAMA -> llama(status, message);
    };
  }

  private static ObjectNode openAi(int status, String message) {
    String type =
        switch (status) {
          case 400 -> "invalid_request_error";
          case 404 -> "not_found_error";
          default -> "api_error";
        };
    ObjectNode error = Json.object();
    error.putObject("error").put("message", message).put("type", type).putNull("param");
    error.withObject("/error").putNull("code");
    return error;
  }

  private static ObjectNode llama(int status, String message) {
    ObjectNode error = Json.object();
    String type = status == 503 ? "unavailable_error" : "server_error";
    error.putObject("error").put("code", status).put("message", message).put("type", type);
    return error;
  }

  private static ObjectNode anthropic(int status, String message) {
    String type =
        switch (status) {
          case 400 -> "invalid_request_error";
          case 401 -> "authentication_error";
          case 403 -> "permission_error";
          case 404 -> "not_found_error";
          case 429 -> "rate_limit_error";
          case 503, 529 -> "overloaded_error";
          default -> "api_error";
        };
    ObjectNode error = Json.object().put("type", "error");
    error.putObject("error").put("type", type).put("message", message);
    return error.put("request_id", "req_" + hex(12));
  }

  /// Random lower-case hex of `bytes` bytes.
  static String hex(int bytes) {
    byte[] random = new byte[bytes];
    ThreadLocalRandom.current().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }
}
