package dev.corral.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.corral.dialect.BackendWords;
import dev.corral.dialect.Call;
import dev.corral.dialect.ErrorBody;
import dev.corral.dialect.Words;
import dev.corral.fleet.Backend;
import dev.corral.model.Dialect;
import dev.corral.route.Plan;
import dev.corral.wire.PathMask;
import dev.corral.wire.Problem;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// A backend's own error on its way to the caller: its words survive, the paths of its disk do not,
/// a missing model comes with the command that pulls it, and what is no error of the caller's
/// dialect is told in it.
///
/// @param body as it is sent
@SuppressWarnings("ArrayRecordComponent") // bytes on their way out; nobody compares two errors
record BackendError(String contentType, byte[] body) {
  /// More than a line of a person's words is somebody's page.
  private static final int LONGEST_LINE = 300;

  private static final ObjectMapper JSON = new ObjectMapper();

  /// @param call only where a pull would help is it named as the next step
  /// @param by who said it
  static BackendError of(
      Call call, Plan plan, Backend by, int status, MultiMap headers, Buffer told) {
    if (!headers.contains("Content-Encoding") && !speaks(call.dialect(), told)) {
      Problem problem = retold(call, plan, by, status, told);
      return of(ErrorBody.render(call.dialect(), problem));
    }
    String type = headers.get("Content-Type");
    String text = told.toString(StandardCharsets.UTF_8);
    String masked = PathMask.mask(text);
    boolean pullHelps = Calls.inference(call) || call == Call.SHOW;
    String hinted =
        status == 404 && pullHelps && missing(masked) ? hinted(masked, plan.model()) : masked;
    if (hinted.equals(text)) {
      return new BackendError(type == null ? "" : type, told.getBytes());
    }
    return new BackendError(type == null ? "" : type, hinted.getBytes(StandardCharsets.UTF_8));
  }

  /// An error of a backend that speaks another dialect than the caller: its words in the caller's
  /// shape.
  static BackendError translated(Dialect dialect, int status, Buffer told) {
    String words =
        PathMask.mask(
            BackendWords.in(told.getBytes())
                .orElse("The backend refused this request without saying why"));
    return of(ErrorBody.render(dialect, Problem.of(status, words)));
  }

  private static BackendError of(ErrorBody body) {
    return new BackendError(body.contentType(), body.bytes());
  }

  /// Whether the caller's client would understand this error as it is.
  static boolean speaks(Dialect dialect, Buffer told) {
    JsonNode tree;
    try {
      tree = JSON.readTree(told.getBytes());
    } catch (IOException e) {
      return false;
    }
    return tree.isObject()
        && (dialect != Dialect.ANTHROPIC || tree.path("type").asText("").equals("error"));
  }

  private static Problem retold(Call call, Plan plan, Backend by, int status, Buffer told) {
    String words = words(told);
    if (call == Call.V1_COUNT_TOKENS && unknown(status, words)) {
      return Problem.of(
          status,
          "The backend '" + by.name() + "' does not count tokens",
          "Ask a model of Corral's own engine, or guess: a token is about four characters.");
    }
    boolean pullHelps = status == 404 && Calls.inference(call) && missing(words);
    return pullHelps
        ? Problem.of(status, words, Words.pull(plan.model()))
        : foreign(by, status, words);
  }

  /// An error in no dialect that the caller knows: of a proxy in front of the backend, or of a
  /// server that does not know the call.
  static Problem foreign(Backend by, int status, Buffer told) {
    return foreign(by, status, words(told));
  }

  private static Problem foreign(Backend by, int status, String words) {
    if (unknown(status, words)) {
      return Problem.of(
          status,
          "The backend '" + by.name() + "' does not know this call",
          "A newer version of it may; or ask a model of another backend: corral backends list");
    }
    return words.isEmpty()
        ? Problem.of(
            status,
            "The backend '" + by.name() + "' answered " + status + " without saying why",
            "Is a proxy in front of it? Look at it: corral backends test " + by.name())
        : Problem.of(status, words);
  }

  private static boolean unknown(int status, String words) {
    return (status == 404 || status == 405 || status == 501) && !words.contains("model");
  }

  /// What it said, if that is for people; empty for a web page.
  private static String words(Buffer told) {
    String line = told.toString(StandardCharsets.UTF_8).strip();
    boolean plain = line.length() <= LONGEST_LINE && line.indexOf('<') < 0 && !line.startsWith("{");
    return PathMask.mask(BackendWords.in(told.getBytes()).orElse(plain ? line : ""));
  }

  /// Whole lines of a pull, push or create: a late error among them may tell paths of the node's
  /// disk.
  static Buffer masked(Buffer lines) {
    String text = lines.toString();
    return text.contains("\"error\"") ? Buffer.buffer(PathMask.mask(text)) : lines;
  }

  /// Ollama's two ways to say that it has no such model.
  static boolean missing(String text) {
    return text.contains("model ") && text.contains("not found");
  }

  /// The hint stands behind Ollama's own words, inside the same JSON string.
  static String hinted(String text, String model) {
    int words = text.indexOf("not found");
    int end = words + "not found".length();
    String further = ", try pulling it first";
    if (text.startsWith(further, end)) {
      end += further.length();
    }
    return text.substring(0, end) + ". " + Words.pull(model) + text.substring(end);
  }
}
