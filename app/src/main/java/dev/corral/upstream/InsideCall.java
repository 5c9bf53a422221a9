package dev.corral.upstream;

import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A call to a backend inside this program. The backend runs on a virtual thread; what it says
/// crosses to the event loop in order.
final class InsideCall implements UpstreamCall {
  /// How far the backend may be ahead of its reader.
  private static final int AHEAD_BYTES = 256 * 1024;

  private static final System.Logger LOG = System.getLogger(InsideCall.class.getName());

  private final Context loop;
  private final Listener listener;
  private final Sending sending;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<News> news = new ArrayDeque<>();
  private final List<Runnable> onCancel = new ArrayList<>();
  private int waiting;
  private boolean headSent;
  private boolean ended;
  private boolean paused;
  private boolean scheduled;
  private boolean over;
  private boolean cancelled;

  /// What the backend said, until the event loop takes it.
  private sealed interface News {
    record Head(int status, Map<String, String> headers) implements News {}

    record Chunk(Buffer bytes) implements News {}

    record End() implements News {}

    record Broken(Failure failure) implements News {}
  }

  private InsideCall(Context loop, Payload payload, Listener listener) {
    this.loop = loop;
    this.listener = listener;
    this.sending = new Sending(loop, payload);
  }

  /// Begins a call. Must run on the event loop that shall be told.
  static InsideCall begin(
      Context loop,
      String name,
      @Nullable Inside inside,
      String method,
      String path,
      Consumer<MultiMap> headers,
      Payload payload,
      Listener listener) {
    InsideCall call = new InsideCall(loop, payload, listener);
    MultiMap written = MultiMap.caseInsensitiveMultiMap();
    headers.accept(written);
    Map<String, String> sent = new HashMap<>();
    written.forEach((key, value) -> sent.put(key.toLowerCase(Locale.ROOT), value));
    long length = length(payload);
    if (length >= 0) {
      sent.put("content-length", Long.toString(length));
    }
    Asked asked = new Asked(method, path, Map.copyOf(sent), call.sending.stream());
    if (inside == null) {
      call.tell(new News.Broken(new Failure.NotConnected("it is not there yet")));
    } else {
      Thread.ofVirtual()
          .name(name + " " + method + " " + path)
          .start(() -> call.run(inside, asked));
    }
    return call;
  }

  private static long length(Payload payload) {
    return switch (payload) {
      case Payload.None _ -> -1;
      case Payload.Held held -> held.length();
      case Payload.Flowing flowing -> flowing.length();
    };
  }

  @Override
  public void cancel() {
    List<Runnable> actions;
    lock.lock();
    try {
      if (over) {
        return;
      }
      over = true;
      cancelled = true;
      news.clear();
      waiting = 0;
      actions = List.copyOf(onCancel);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    sending.breakOff();
    actions.forEach(action -> Thread.ofVirtual().start(action));
  }

  @Override
  public void pause() {
    lock.lock();
    try {
      paused = true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void resume() {
    lock.lock();
    try {
      paused = false;
      changed.signalAll();
      schedule();
    } finally {
      lock.unlock();
    }
  }

  private void run(Inside inside, Asked asked) {
    try {
      inside.answer(asked, new Voice());
      breakOff("it ended without an answer");
    } catch (CallerLeft _) {
      // Nobody listens.
    } catch (Exception | Error e) {
      if (!gone()) {
        LOG.log(System.Logger.Level.ERROR, "the own engine failed at " + asked.path(), e);
        breakOff("an internal error");
      }
    } finally {
      loop.runOnContext(_ -> sending.settle());
    }
  }

  private boolean gone() {
    lock.lock();
    try {
      return cancelled;
    } finally {
      lock.unlock();
    }
  }

  private void breakOff(String why) {
    lock.lock();
    try {
      if (!ended && !over) {
        ended = true;
        tell(new News.Broken(headSent ? new Failure.Cut(why) : new Failure.NoAnswer(why, false)));
      }
    } finally {
      lock.unlock();
    }
  }

  private void tell(News one) {
    lock.lock();
    try {
      news.add(one);
      schedule();
    } finally {
      lock.unlock();
    }
  }

  /// Under the lock: one delivery at most is on its way to the loop.
  private void schedule() {
    if (!scheduled && !over && !paused && !news.isEmpty()) {
      scheduled = true;
      loop.runOnContext(_ -> deliver());
    }
  }

  private void deliver() {
    try {
      for (News next = take(); next != null; next = take()) {
        hand(next);
      }
    } catch (RuntimeException | Error mistake) {
      cancel();
      listener.onMistake(mistake);
    }
  }

  private void hand(News next) {
    switch (next) {
      case News.Head head -> {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        head.headers().forEach(headers::set);
        listener.onHead(head.status(), headers);
      }
      case News.Chunk chunk -> listener.onChunk(chunk.bytes());
      case News.End _ -> listener.onEnd();
      case News.Broken broken -> listener.onFailure(broken.failure());
    }
  }

  /// What to tell now; null where that is nothing, and then the next news schedule again.
  private @Nullable News take() {
    lock.lock();
    try {
      News next = over || paused ? null : news.poll();
      switch (next) {
        case null -> scheduled = false;
        case News.Chunk chunk -> {
          waiting -= chunk.bytes().length();
          changed.signalAll();
        }
        case News.Head _ -> {}
        case News.End _, News.Broken _ -> over = true;
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  /// The backend's side.
  private final class Voice implements Reply {
    @Override
    public void head(int status, Map<String, String> headers) {
      lock.lock();
      try {
        requireOpen();
        if (headSent) {
          throw new IllegalStateException("the head has been sent");
        }
        headSent = true;
        tell(new News.Head(status, Map.copyOf(headers)));
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void write(byte[] bytes) {
      lock.lock();
      try {
        requireOpen();
        while (!cancelled && (paused || waiting > AHEAD_BYTES)) {
          changed.awaitUninterruptibly();
        }
        requireOpen();
        if (bytes.length > 0) {
          waiting += bytes.length;
          tell(new News.Chunk(Buffer.buffer(bytes)));
        }
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void end() {
      lock.lock();
      try {
        requireOpen();
        ended = true;
        tell(new News.End());
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void cut(String why) {
      lock.lock();
      try {
        requireOpen();
        breakOff(why);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void onCancel(Runnable action) {
      lock.lock();
      try {
        if (!cancelled) {
          onCancel.add(action);
          return;
        }
      } finally {
        lock.unlock();
      }
      action.run();
    }

    private void requireOpen() {
      if (cancelled) {
        throw new CallerLeft();
      }
      if (ended) {
        throw new IllegalStateException("the answer has ended");
      }
    }
  }
}
