package dev.corral.gateway;

import dev.corral.route.Plan;
import dev.corral.wire.PathMask;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/// A backend's own error on its way to the caller: its words survive, the paths of its disk do not,
/// and a missing model comes with the command that pulls it.
///
/// @param body as it is sent
@SuppressWarnings("ArrayRecordComponent") // bytes on their way out; nobody compares two errors
record BackendError(String contentType, byte[] body) {
  static BackendError of(Plan plan, int status, MultiMap headers, Buffer told) {
    String type = headers.get("Content-Type");
    String text = told.toString(StandardCharsets.UTF_8);
    String masked = PathMask.mask(text);
    String hinted = status == 404 && missing(masked) ? hinted(masked, plan.model()) : masked;
    if (hinted.equals(text)) {
      return new BackendError(type == null ? "" : type, told.getBytes());
    }
    return new BackendError(type == null ? "" : type, hinted.getBytes(StandardCharsets.UTF_8));
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
    return text.substring(0, end) + ". Pull it: corral pull " + model + text.substring(end);
  }
}
