package dev.corral.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.corral.model.Dialect;
import dev.corral.wire.Problem;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/// An error as the body of an answer, in the dialect of the path that was called. Shapes, the type
/// words and who ends in a newline: Ollama 0.33.0-rc2, `err-*` recordings.
@SuppressWarnings("ArrayRecordComponent") // bytes on their way out; nobody compares two bodies
public record ErrorBody(String contentType, byte[] bytes) {
  private static final String GIN_JSON = "application/json; charset=utf-8";

  /// Phrases of RFC 9110 for the titles of problem documents.
  private static final Map<Integer, String> TITLES =
      Map.ofEntries(
          Map.entry(400, "Bad Request"),
          Map.entry(401, "Unauthorized"),
          Map.entry(403, "Forbidden"),
          Map.entry(404, "Not Found"),
          Map.entry(405, "Method Not Allowed"),
          Map.entry(408, "Request Timeout"),
          Map.entry(409, "Conflict"),
          Map.entry(411, "Length Required"),
          Map.entry(412, "Precondition Failed"),
          Map.entry(413, "Content Too Large"),
          Map.entry(415, "Unsupported Media Type"),
          Map.entry(421, "Misdirected Request"),
          Map.entry(422, "Unprocessable Content"),
          Map.entry(429, "Too Many Requests"),
          Map.entry(431, "Request Header Fields Too Large"),
          Map.entry(500, "Internal Server Error"),
          Map.entry(501, "Not Implemented"),
          Map.entry(502, "Bad Gateway"),
          Map.entry(503, "Service Unavailable"),
          Map.entry(504, "Gateway Timeout"),
          Map.entry(508, "Loop Detected"));

  public static ErrorBody render(Dialect dialect, Problem problem) {
    return switch (dialect) {
      case OLLAMA -> new ErrorBody(GIN_JSON, ollama(problem).getBytes(UTF_8));
      case OPENAI -> new ErrorBody("application/json", line(openai(problem)));
      case ANTHROPIC -> new ErrorBody("application/json", line(anthropicWithId(problem)));
      case MANAGE -> new ErrorBody("application/problem+json", document(problem).getBytes(UTF_8));
      case PLAIN -> new ErrorBody("text/plain; charset=utf-8", line(problem.text()));
    };
  }

  /// The answer to a body that could not be read ([Peeked.Bad]). Ollama writes it from another
  /// place than its other errors, and so with another content type and without a newline.
  public static ErrorBody unread(Dialect dialect, String text) {
    Problem problem = Problem.of(400, text);
    ErrorBody usual = render(dialect, problem);
    return switch (dialect) {
      case OPENAI -> new ErrorBody(GIN_JSON, openai(problem).getBytes(UTF_8));
      case ANTHROPIC -> new ErrorBody(GIN_JSON, anthropicWithId(problem).getBytes(UTF_8));
      case OLLAMA, MANAGE, PLAIN -> usual;
    };
  }

  static String ollama(Problem problem) {
    return "{\"error\":" + GoJson.quoted(problem.text()) + "}";
  }

  static String openai(Problem problem) {
    return "{\"error\":{\"message\":"
        + GoJson.quoted(problem.text())
        + ",\"type\":\""
        + openaiType(problem.status())
        + "\",\"param\":null,\"code\":null}}";
  }

  /// Without a request id, as in a stream.
  static String anthropic(Problem problem) {
    return "{\"type\":\"error\",\"error\":{\"type\":\""
        + anthropicType(problem.status())
        + "\",\"message\":"
        + GoJson.quoted(problem.text())
        + "}}";
  }

  private static String anthropicWithId(Problem problem) {
    byte[] id = new byte[12];
    ThreadLocalRandom.current().nextBytes(id);
    String plain = anthropic(problem);
    return plain.substring(0, plain.length() - 1)
        + ",\"request_id\":\"req_"
        + HexFormat.of().formatHex(id)
        + "\"}";
  }

  private static String document(Problem problem) {
    return "{\"type\":\"about:blank\",\"title\":"
        + GoJson.quoted(TITLES.getOrDefault(problem.status(), "Error"))
        + ",\"status\":"
        + problem.status()
        + ",\"detail\":"
        + GoJson.quoted(problem.message())
        + ",\"next\":"
        + GoJson.quoted(problem.next())
        + "}";
  }

  static String openaiType(int status) {
    return switch (status) {
      case 400 -> "invalid_request_error";
      case 404 -> "not_found_error";
      default -> "api_error";
    };
  }

  private static String anthropicType(int status) {
    return switch (status) {
      case 400 -> "invalid_request_error";
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 404 -> "not_found_error";
      case 429 -> "rate_limit_error";
      case 503, 529 -> "overloaded_error";
      default -> "api_error";
    };
  }

  private static byte[] line(String text) {
    return (text + "\n").getBytes(UTF_8);
  }
}
