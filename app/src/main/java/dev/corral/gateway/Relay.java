package dev.corral.gateway;

import dev.corral.access.Route;
import dev.corral.door.Replies;
import dev.corral.door.Visit;
import dev.corral.fleet.Backend;
import dev.corral.model.ModelName;
import dev.corral.upstream.Failure;
import dev.corral.upstream.UpstreamCall;
import dev.corral.wire.PathMask;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/// Passes on the answer to a call that names no model: listings and blobs. Success flows; an error
/// is gathered, so that the paths of the node's disk can be masked.
final class Relay implements UpstreamCall.Listener {
  /// More text than any error has; what comes beyond it is dropped.
  private static final int MOST_ERROR_BYTES = 256 * 1024;

  private final Gateway gateway;
  private final Visit visit;
  private final Backend node;
  private final HttpServerResponse response;
  private final Buffer error = Buffer.buffer();
  private int status;
  private @Nullable UpstreamCall call;

  Relay(Gateway gateway, Visit visit, Backend node) {
    this.gateway = gateway;
    this.visit = visit;
    this.node = node;
    this.response = visit.request().response();
  }

  /// From now on a client that leaves cancels the call.
  void follow(UpstreamCall begun) {
    call = begun;
    response.closeHandler(_ -> begun.cancel());
    response.exceptionHandler(_ -> begun.cancel());
  }

  @Override
  public void onHead(int status, MultiMap headers) {
    this.status = status;
    response.setStatusCode(status);
    HeaderRules.toClient(headers, response.headers());
    if (status < 400 || head()) {
      String length = headers.get("Content-Length");
      if (length != null) {
        response.putHeader("Content-Length", length);
      } else if (!head()) {
        response.setChunked(true);
      }
    }
  }

  @Override
  public void onChunk(Buffer chunk) {
    if (status >= 400) {
      if (error.length() < MOST_ERROR_BYTES) {
        error.appendBuffer(chunk);
      }
      return;
    }
    response.write(chunk);
    UpstreamCall flowing = call;
    if (response.writeQueueFull() && flowing != null) {
      flowing.pause();
      response.drainHandler(_ -> flowing.resume());
    }
  }

  @Override
  public void onEnd() {
    if (status >= 400 && !head()) {
      refused();
    } else if (!response.ended()) {
      Replies.end(visit.request());
    }
  }

  private void refused() {
    boolean packed = response.headers().contains("Content-Encoding");
    if (!packed && !BackendError.speaks(visit.dialect(), error)) {
      visit.refuse(BackendError.foreign(node, status, error));
      return;
    }
    String masked = PathMask.mask(error.toString());
    boolean pullHelps =
        visit.route() == Route.V1_MODEL
            && BackendError.missing(masked)
            && ModelName.parse(visit.name()).isPresent();
    String told = pullHelps ? BackendError.hinted(masked, visit.name()) : masked;
    Replies.whole(visit.request(), status, "", Buffer.buffer(told));
  }

  @Override
  public void onFailure(Failure failure) {
    if (failure instanceof Failure.NotConnected not) {
      gateway.fleet().unreachable(node.name(), not.why());
    }
    if (response.headWritten()) {
      var _ = visit.request().connection().close();
    } else {
      response.headers().remove("Transfer-Encoding");
      visit.refuse(Refusals.oneNode(gateway, node, failure));
    }
  }

  @Override
  public void onMistake(Throwable mistake) {
    visit.mistake(mistake);
  }

  private boolean head() {
    return visit.request().method().name().equals("HEAD");
  }
}
