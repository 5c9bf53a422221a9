package dev.corral.door;

import dev.corral.dialect.ErrorBody;
import dev.corral.model.Dialect;
import dev.corral.wire.Problem;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/// Whole answers of our own.
public final class Replies {
  private static final System.Logger LOG = System.getLogger(Replies.class.getName());

  private Replies() {}

  /// An error in the dialect of the path. Of a client that is still sending its body no more is
  /// taken: its connection closes soon after the answer.
  public static void problem(HttpServerRequest request, Dialect dialect, Problem problem) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    ErrorBody body = ErrorBody.render(dialect, problem);
    if (problem.retryAfterSeconds() != null) {
      response.putHeader("Retry-After", Integer.toString(problem.retryAfterSeconds()));
    }
    boolean sending = !request.isEnded() && bodied(request);
    if (sending) {
      response.putHeader("Connection", "close");
    }
    whole(request, problem.status(), body.contentType(), Buffer.buffer(body.bytes()));
    if (sending) {
      Farewell.to(request);
    }
  }

  /// A fault of ours: logged, and told in the dialect of the path. Where an answer has begun its
  /// connection is cut, because half an answer must not look whole.
  public static void mistake(HttpServerRequest request, Dialect dialect, Throwable fault) {
    try {
      endOrCut(request, dialect);
    } catch (RuntimeException | Error again) {
      fault.addSuppressed(again);
      var _ = request.connection().close();
    }
    LOG.log(System.Logger.Level.ERROR, "A request could not be served", fault);
  }

  private static void endOrCut(HttpServerRequest request, Dialect dialect) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    if (response.headWritten()) {
      var _ = request.connection().close();
      return;
    }
    // They were said of an answer that does not come.
    response.headers().remove("Transfer-Encoding").remove("Content-Encoding");
    problem(
        request,
        dialect,
        Problem.of(500, "Corral made a mistake with this request", "See: corral logs"));
  }

  private static boolean bodied(HttpServerRequest request) {
    String length = request.getHeader("Content-Length");
    return length == null
        ? request.headers().contains("Transfer-Encoding")
        : !length.strip().equals("0");
  }

  public static void text(HttpServerRequest request, int status, String type, String body) {
    whole(request, status, type, Buffer.buffer(body.getBytes(StandardCharsets.UTF_8)));
  }

  /// Ends an answer that flowed. A caller of HTTP/1.0 knows no chunks: where no length was told,
  /// the end of its connection is the end of the answer.
  public static void end(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    Future<Void> ended = response.end();
    if (request.version() == HttpVersion.HTTP_1_0
        && !response.headers().contains("Content-Length")) {
      var _ = ended.onComplete(_ -> request.connection().close());
    }
  }

  /// A complete answer; `HEAD` gets its head alone.
  public static void whole(HttpServerRequest request, int status, String type, Buffer body) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    response.setStatusCode(status);
    if (!type.isEmpty()) {
      response.putHeader("Content-Type", type);
    }
    response.putHeader("Content-Length", Integer.toString(body.length()));
    if (request.method().name().equals("HEAD")) {
      response.end();
    } else {
      response.end(body);
    }
  }
}
