package dev.corral.upstream;

import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// Calls backends that the operator named. One connection pool for each event loop, because a pool
/// that is shared between loops costs a hand-over for each chunk.
public final class Upstream implements AutoCloseable {
  /// For a look that begins while the program stops.
  private static final Failure STOPPING = new Failure.NotConnected("this Corral is stopping");

  private final VertxInternal vertx;
  private final Context control;
  private final Map<Thread, Connections> loops = new ConcurrentHashMap<>();
  private final Map<String, Inside> insides = new ConcurrentHashMap<>();
  private final Tls tls = new Tls();
  private final Duration kept;
  private volatile boolean closed;

  public Upstream(Vertx vertx) {
    this(vertx, Connections.IDLE);
  }

  /// @param kept how long a connection waits for its next call
  Upstream(Vertx vertx, Duration kept) {
    this.vertx = (VertxInternal) vertx;
    this.kept = kept;
    this.control = vertx.getOrCreateContext();
  }

  /// From now on `inside` answers what is asked of [Target#inside] with this name.
  public void serve(String name, Inside inside) {
    insides.put(name, inside);
  }

  /// Begins a call on the current event loop.
  ///
  /// @param path path and query behind the target's base path
  /// @param headers writes them: without hop-by-hop headers, `Host` and the caller's credentials
  public UpstreamCall call(
      Target target,
      String method,
      String path,
      Consumer<MultiMap> headers,
      Payload payload,
      UpstreamCall.Listener listener) {
    return call(target, method, path, headers, payload, listener, false);
  }

  /// The same, always over a new connection: for what must not be asked twice. One that was kept
  /// may be closed by its backend in the moment in which it is used, and then nobody knows whether
  /// the request was read.
  public UpstreamCall callAnew(
      Target target,
      String method,
      String path,
      Consumer<MultiMap> headers,
      Payload payload,
      UpstreamCall.Listener listener) {
    return call(target, method, path, headers, payload, listener, true);
  }

  private UpstreamCall call(
      Target target,
      String method,
      String path,
      Consumer<MultiMap> headers,
      Payload payload,
      UpstreamCall.Listener listener,
      boolean anew) {
    ContextInternal here = vertx.getOrCreateContext();
    if (target.isInside()) {
      Inside inside = insides.get(target.name());
      return InsideCall.begin(
          here, target.name(), inside, method, path, headers, payload, listener);
    }
    if (closed) {
      throw new IllegalStateException("this Corral is stopping");
    }
    Connections connections =
        loops.computeIfAbsent(
            Thread.currentThread(), _ -> new Connections(vertx, here.nettyEventLoop(), tls, kept));
    NetworkCall call =
        new NetworkCall(connections, here, target, method, path, headers, payload, listener);
    call.begin(anew);
    return call;
  }

  /// The whole small answer to a GET, for owners on virtual threads.
  ///
  /// @param maxBytes an answer that is longer is a failure
  public Answer fetch(
      Target target, String path, Map<String, String> headers, int maxBytes, Duration within) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    Collector collector = new Collector(answer, maxBytes);
    try {
      control.runOnContext(_ -> {
        try {
          UpstreamCall call =
              call(
                  target, "GET", path, sent -> sent.addAll(headers), new Payload.None(), collector);
          var _ = answer.whenComplete((_, _) -> control.runOnContext(_ -> call.cancel()));
        } catch (IllegalStateException closed) {
          collector.onFailure(STOPPING);
        }
      });
    } catch (RejectedExecutionException closed) {
      return new Answer.Failed(STOPPING);
    }
    try {
      return answer.get(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(false);
      return failed("no answer within " + within.toMillis() + " ms");
    } catch (InterruptedException e) {
      answer.cancel(false);
      Thread.currentThread().interrupt();
      return failed("interrupted");
    } catch (ExecutionException e) {
      throw new IllegalStateException("a collector never fails its future", e);
    }
  }

  /// Begins a call for a virtual thread, which reads the answer as it comes. Always over a new
  /// connection: such calls are few, and most change something.
  ///
  /// @param headers without hop-by-hop headers, `Host` and credentials
  /// @param body must not change afterwards; empty for none
  public Talk talk(
      Target target, String method, String path, Map<String, String> headers, byte[] body) {
    Buffer sent = Buffer.buffer(body);
    Payload payload =
        body.length == 0
            ? new Payload.None()
            : new Payload.Held(List.of(sent), body.length, () -> {});
    return Talk.begin(
        vertx.getOrCreateContext(),
        listener -> callAnew(target, method, path, to -> to.addAll(headers), payload, listener));
  }

  /// The same with a body that is read while it is sent.
  ///
  /// @param body read on virtual threads, once; not closed
  /// @param length of the body, which must have just so many bytes
  public Talk talk(
      Target target,
      String method,
      String path,
      Map<String, String> headers,
      InputStream body,
      long length) {
    Context loop = vertx.getOrCreateContext();
    Payload payload = new Payload.Flowing(new Source(loop, body), length);
    return Talk.begin(
        loop,
        listener -> callAnew(target, method, path, to -> to.addAll(headers), payload, listener));
  }

  /// Whether somebody inside this program answers for that name.
  public boolean serves(String name) {
    return insides.containsKey(name);
  }

  @Override
  public void close() {
    closed = true;
    loops.values().forEach(Connections::closeAll);
  }

  private static Answer failed(String why) {
    return new Answer.Failed(new Failure.NoAnswer(why, false));
  }
}
