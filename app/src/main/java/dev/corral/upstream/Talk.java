package dev.corral.upstream;

import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// A call by a virtual thread, which reads the answer as it comes. Cancelling, from any thread and
/// in any phase, ends the connection at once and wakes the reader with a [CallFailed].
public final class Talk implements AutoCloseable {
  /// @param headers names in lower case
  public record Head(int status, Map<String, String> headers) {}

  private final Context loop;
  private final CompletableFuture<Head> head = new CompletableFuture<>();
  private final Pipe body;
  private @Nullable UpstreamCall call;
  private boolean cancelled;

  /// How the call is begun, on the loop.
  interface Begin {
    UpstreamCall with(UpstreamCall.Listener listener);
  }

  private Talk(Context loop) {
    this.loop = loop;
    this.body = new Pipe(() -> loop.runOnContext(_ -> resume()));
  }

  static Talk begin(Context loop, Begin begin) {
    Talk talk = new Talk(loop);
    loop.runOnContext(_ -> talk.start(begin));
    return talk;
  }

  /// Waits for the head of the answer.
  public Head head() throws CallFailed {
    try {
      return head.get();
    } catch (InterruptedException e) {
      cancel();
      Thread.currentThread().interrupt();
      throw new CallFailed(new Failure.NoAnswer("interrupted", false));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CallFailed failed) {
        throw failed;
      }
      throw new IllegalStateException("a talk fails by a failed call only", e);
    }
  }

  /// The bytes behind the head; its `read` fails with a [CallFailed] where the answer breaks off.
  public InputStream body() {
    return body;
  }

  /// Harmless after the end.
  public void cancel() {
    fail(new Failure.Cut("the call was cancelled"));
    loop.runOnContext(_ -> {
      cancelled = true;
      if (call != null) {
        call.cancel();
      }
    });
  }

  @Override
  public void close() {
    cancel();
  }

  private void start(Begin begin) {
    if (cancelled) {
      return;
    }
    try {
      call = begin.with(new Answer());
    } catch (IllegalStateException closed) {
      // A call that begins while the program stops.
      fail(new Failure.NotConnected("this Corral is stopping"));
    }
  }

  private void resume() {
    if (call != null) {
      call.resume();
    }
  }

  private void fail(Failure failure) {
    CallFailed failed = new CallFailed(failure);
    head.completeExceptionally(failed);
    body.fail(failed);
  }

  private final class Answer implements UpstreamCall.Listener {
    @Override
    public void onHead(int status, MultiMap headers) {
      Map<String, String> named = new HashMap<>();
      headers.forEach((name, value) -> named.put(name.toLowerCase(Locale.ROOT), value));
      head.complete(new Head(status, Map.copyOf(named)));
    }

    @Override
    public void onChunk(Buffer chunk) {
      if (!body.add(chunk.getBytes()) && call != null) {
        call.pause();
      }
    }

    @Override
    public void onEnd() {
      body.end();
    }

    @Override
    public void onFailure(Failure failure) {
      fail(failure);
    }

    @Override
    public void onMistake(Throwable mistake) {
      fail(new Failure.Cut("it could not be read: " + mistake));
    }
  }
}
