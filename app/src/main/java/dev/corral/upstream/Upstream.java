package dev.corral.upstream;

import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.PoolOptions;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  /// A backend that is there takes a connection in milliseconds; five seconds cover lost packets.
  private static final int CONNECT_MILLIS = 5_000;

  /// Each open stream holds one connection, so this caps the streams of a loop. It lies above what
  /// the descriptors of one process allow: the limit that bites is `limits`, not this one.
  private static final int CONNECTIONS = 100_000;

  /// Below the 5 s after which common Python servers close an idle connection, so that we do first.
  private static final int IDLE_SECONDS = 4;

  private static final int MAX_HEADER_BYTES = 64 * 1024;

  /// For a look that begins while the program stops.
  private static final Failure STOPPING = new Failure.NotConnected("this Corral is stopping");

  private final Vertx vertx;
  private final Context control;
  private final Map<Thread, Loop> loops = new ConcurrentHashMap<>();
  private final Map<String, Inside> insides = new ConcurrentHashMap<>();

  /// The pool of one event loop.
  ///
  /// @param used open connections that carried a call
  record Loop(HttpClient client, Set<HttpConnection> used) {
    boolean firstUse(HttpConnection connection) {
      if (!used.add(connection)) {
        return false;
      }
      connection.closeHandler(_ -> used.remove(connection));
      return true;
    }
  }

  public Upstream(Vertx vertx) {
    this.vertx = vertx;
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
    if (target.isInside()) {
      Inside inside = insides.get(target.name());
      Context here = vertx.getOrCreateContext();
      return InsideCall.begin(
          here, target.name(), inside, method, path, headers, payload, listener);
    }
    Loop loop = loops.computeIfAbsent(Thread.currentThread(), _ -> open());
    return NetworkCall.begin(loop, target, method, path, headers, payload, listener);
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

  /// Begins a call for a virtual thread, which reads the answer as it comes.
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
        listener -> call(target, method, path, to -> to.addAll(headers), payload, listener));
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
        loop, listener -> call(target, method, path, to -> to.addAll(headers), payload, listener));
  }

  /// Whether somebody inside this program answers for that name.
  public boolean serves(String name) {
    return insides.containsKey(name);
  }

  @Override
  public void close() {
    loops.values().forEach(loop -> loop.client().close());
  }

  private static Answer failed(String why) {
    return new Answer.Failed(new Failure.NoAnswer(why, false));
  }

  private Loop open() {
    HttpClientOptions options =
        new HttpClientOptions()
            .setConnectTimeout(CONNECT_MILLIS)
            .setKeepAliveTimeout(IDLE_SECONDS)
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setDecompressionSupported(false)
            .setTcpNoDelay(true);
    HttpClient client =
        vertx
            .httpClientBuilder()
            .with(options)
            .with(new PoolOptions().setHttp1MaxSize(CONNECTIONS).setMaxWaitQueueSize(-1))
            // A backend that resets its connection is told to the call, not to the log.
            .withConnectHandler(connection -> connection.exceptionHandler(_ -> {}))
            .build();
    return new Loop(client, Collections.newSetFromMap(new IdentityHashMap<>()));
  }
}
