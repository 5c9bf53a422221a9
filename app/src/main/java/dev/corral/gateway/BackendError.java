package dev.corral.gateway;

import dev.corral.dialect.BackendWords;
import dev.corral.dialect.Call;
import dev.corral.dialect.ErrorBody;
import dev.corral.dialect.Words;
import dev.corral.model.Dialect;
import dev.corral.route.Plan;
import dev.corral.wire.PathMask;
import dev.corral.wire.Problem;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/// A backend's own error on its way to the caller: its words survive, the paths of its disk do not,
/// and a missing model comes with the command that pulls it.
///
/// @param body as it is sent
@SuppressWarnings("ArrayRecordComponent") // bytes on their way out; nobody compares two errors
record BackendError(String contentType, byte[] body) {
  /// @param call only where a pull would help is it named as the next step
  static BackendError of(Call call, Plan plan, int status, MultiMap headers, Buffer told) {
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
    ErrorBody body = ErrorBody.render(dialect, Problem.of(status, words));
    return new BackendError(body.contentType(), body.bytes());
  }

  /// Whole lines of a pull, push or create: a late error among them may tell paths of the node's
  /// disk.
  static Buffer masked(Buffer lines) {
    String text = lines.toString();
    return text.contains("\"error\"") ? Buffer.buffer(PathMask.mask(text)) : lines;
  }

  /// Ollama's two ways to say that it has no such model.
  private static boolean missing(String text) {
    return text.contains("model ") && text.contains("not found");
  }

  /// The hint stands behind Ollama's own words, inside the same JSON string.
  private static String hinted(String text, String model) {
    int words = text.indexOf("not found");
    int end = words + "not found".length();
    String further = ", try pulling it first";
    if (text.startsWith(further, end)) {
      end += further.length();
    }
    return text.substring(0, end) + ". " + Words.pull(model) + text.substring(end);
  }
}
