package dev.corral.upstream;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Iterator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A call to a backend on the network.
final class NetworkCall implements UpstreamCall {
  private enum Phase {
    CONNECTING,
    WAITING,
    ANSWERING,
    OVER
  }

  private final Target target;
  private final Payload payload;
  private final Listener listener;
  private Phase phase = Phase.CONNECTING;
  private boolean reused;
  private boolean settled;
  private Future<Void> lastWrite = Future.succeededFuture();
  private @Nullable HttpClientRequest request;
  private @Nullable HttpClientResponse response;

  private NetworkCall(Target target, Payload payload, Listener listener) {
    this.target = target;
    this.payload = payload;
    this.listener = listener;
  }

  /// Begins a call. Must run on the event loop that the client belongs to.
  ///
  /// @param path path and query behind the target's base path
  /// @param headers writes them: without hop-by-hop headers, `Host` and the caller's credentials
  static NetworkCall begin(
      Upstream.Loop loop,
      Target target,
      String method,
      String path,
      Consumer<MultiMap> headers,
      Payload payload,
      Listener listener) {
    NetworkCall call = new NetworkCall(target, payload, listener);
    RequestOptions options =
        new RequestOptions()
            .setHost(target.host())
            .setPort(target.port())
            .setSsl(target.tls())
            .setMethod(HttpMethod.valueOf(method))
            .setURI(target.basePath() + path)
            .setFollowRedirects(false);
    loop.client()
        .request(options)
        .onComplete(opened -> {
          if (opened.succeeded()) {
            call.send(loop, opened.result(), headers);
          } else {
            call.settle();
            call.fail(new Failure.NotConnected(words(opened.cause())));
          }
        });
    return call;
  }

  @Override
  public void cancel() {
    if (phase == Phase.OVER) {
      return;
    }
    phase = Phase.OVER;
    HttpClientRequest open = request;
    if (open != null) {
      open.reset();
      settle();
    }
  }

  /// Tells the owner of the body once that its memory is free.
  private void settle() {
    if (payload instanceof Payload.Held held && !settled) {
      settled = true;
      lastWrite.onComplete(_ -> held.settled().run());
    }
  }

  @Override
  public void pause() {
    if (response != null && phase == Phase.ANSWERING) {
      response.pause();
    }
  }

  @Override
  public void resume() {
    if (response != null && phase == Phase.ANSWERING) {
      response.resume();
    }
  }

  private void send(Upstream.Loop loop, HttpClientRequest opened, Consumer<MultiMap> headers) {
    request = opened;
    if (phase == Phase.OVER) {
      opened.reset();
      settle();
      return;
    }
    phase = Phase.WAITING;
    reused = !loop.firstUse(opened.connection());
    if (!reused && Target.metadata(opened.connection().remoteAddress().hostAddress())) {
      fail(new Failure.NotConnected("its name leads to a cloud's metadata address"));
      return;
    }
    headers.accept(opened.headers());
    opened.putHeader("Host", target.authority());
    if (!target.bearer().isEmpty()) {
      opened.putHeader("Authorization", "Bearer " + target.bearer());
    }
    opened.exceptionHandler(cause -> fail(lost(cause)));
    opened
        .response()
        .onComplete(answered -> {
          if (answered.succeeded()) {
            answer(answered.result());
          } else {
            fail(lost(answered.cause()));
          }
        });
    switch (payload) {
      case Payload.None _ -> opened.end();
      case Payload.Held held when held.parts().size() == 1 -> {
        lastWrite = opened.end(held.parts().getFirst());
        settle();
      }
      case Payload.Held held -> {
        opened.putHeader("Content-Length", Long.toString(held.length()));
        pour(opened, held.parts().iterator());
      }
      case Payload.Flowing flowing -> {
        if (flowing.length() < 0) {
          opened.setChunked(true);
        } else {
          opened.putHeader("Content-Length", Long.toString(flowing.length()));
        }
        flowing.stream().pipeTo(opened).onFailure(cause -> fail(lost(cause)));
      }
    }
  }

  /// Writes what fits, and goes on when the connection has room again.
  private void pour(HttpClientRequest opened, Iterator<Buffer> parts) {
    while (parts.hasNext() && phase != Phase.OVER) {
      Buffer part = parts.next();
      if (!parts.hasNext()) {
        lastWrite = opened.end(part);
        settle();
        return;
      }
      lastWrite = opened.write(part);
      if (opened.writeQueueFull()) {
        opened.drainHandler(_ -> pour(opened, parts));
        return;
      }
    }
  }

  private void answer(HttpClientResponse answered) {
    if (phase == Phase.OVER) {
      return;
    }
    response = answered;
    phase = Phase.ANSWERING;
    answered.handler(chunk -> {
      if (phase == Phase.ANSWERING) {
        listener.onChunk(chunk);
      }
    });
    answered.endHandler(_ -> {
      if (phase == Phase.ANSWERING) {
        phase = Phase.OVER;
        listener.onEnd();
      }
    });
    answered.exceptionHandler(cause -> fail(new Failure.Cut(words(cause))));
    listener.onHead(answered.statusCode(), answered.headers());
  }

  private Failure lost(Throwable cause) {
    return phase == Phase.ANSWERING
        ? new Failure.Cut(words(cause))
        : new Failure.NoAnswer(words(cause), reused);
  }

  private void fail(Failure failure) {
    if (phase == Phase.OVER) {
      return;
    }
    cancel();
    listener.onFailure(failure);
  }

  /// The cause as an operator reads it, without addresses.
  private static String words(Throwable cause) {
    return switch (cause) {
      case UnknownHostException _ -> "its name is not known";
      case HttpClosedException _ -> "it closed the connection";
      case ConnectException refused
          when String.valueOf(refused.getMessage()).contains("timed out") ->
          "it did not take the connection in time";
      case ConnectException _ -> "connection refused";
      default -> String.valueOf(cause.getMessage());
    };
  }
}
