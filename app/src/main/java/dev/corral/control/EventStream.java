package dev.corral.control;

import dev.corral.access.Caller;
import dev.corral.access.Key;
import dev.corral.access.Keys;
import dev.corral.door.Visit;
import dev.corral.wire.Problem;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/// `GET /manage/events`: the feed as Server-Sent Events. With `Last-Event-ID` it goes on where the
/// client was; where that is no longer known, an event `missed` says so first, and the client
/// should ask for the state anew. A client that reads slowly holds up nobody: it is written to as
/// it takes.
final class EventStream {
  /// Pages of some people, each with a few tabs; more is a client that never hangs up.
  private static final int MOST_FOLLOWERS = 200;

  private static final int AT_ONCE = 100;

  /// How soon a client should come back, in milliseconds.
  private static final String RETRY = "retry: 2000\n\n";

  private final Feed feed;
  private final Keys keys;
  private final BooleanSupplier keysInForce;
  private final Duration heartbeat;

  EventStream(Feed feed, Parts parts) {
    this.feed = feed;
    this.keys = parts.keys();
    this.keysInForce = parts.keysInForce();
    this.heartbeat = parts.heartbeat();
    keys.follow(feed::wake);
  }

  void visit(Visit visit) {
    String wanted = visit.request().getParam("topics");
    Set<String> topics =
        wanted == null || wanted.isEmpty()
            ? Feed.TOPICS
            : new LinkedHashSet<>(Arrays.asList(wanted.split(",", -1)));
    if (!Feed.TOPICS.containsAll(topics)) {
      visit.refuse(
          Problem.of(
              400,
              "There is no such topic among '" + wanted + "'",
              "Topics: " + String.join(", ", new TreeSet<>(Feed.TOPICS)) + "."));
      return;
    }
    if (feed.followers() >= MOST_FOLLOWERS) {
      visit.refuse(Problem.of(503, "Too many event streams are open", "Close one.").retryAfter(10));
      return;
    }
    new Stream(visit, topics, right(visit.caller())).begin();
  }

  /// Whether the caller may still follow; cheap, asked often.
  private BooleanSupplier right(String caller) {
    if (caller.equals(new Caller.Admin().name())) {
      return () -> true;
    }
    Optional<Key> key = keys.named(caller);
    return key.<BooleanSupplier>map(known -> () -> keys.inForce(known))
        .orElse(() -> !keysInForce.getAsBoolean());
  }

  /// One client. Belongs to the event loop of its connection.
  private final class Stream {
    private final HttpServerResponse response;
    private final Set<String> topics;
    private final BooleanSupplier right;
    private final String lastId;
    private final Context loop;
    private final AtomicBoolean called = new AtomicBoolean();
    private final Runnable follower = this::call;
    private long next;
    private boolean over;

    Stream(Visit visit, Set<String> topics, BooleanSupplier right) {
      this.response = visit.request().response();
      this.topics = topics;
      this.right = right;
      String id = visit.request().getHeader("Last-Event-ID");
      this.lastId = id == null ? "" : id.strip();
      this.loop = Calls.loop();
    }

    void begin() {
      response
          .setChunked(true)
          .putHeader("Content-Type", "text/event-stream")
          .putHeader("Cache-Control", "no-store")
          .putHeader("X-Accel-Buffering", "no");
      // Whoever has read the head is told all that comes from then on.
      long last = lastId.isEmpty() ? feed.next() - 1 : feed.number(lastId);
      next = last + 1;
      response.write(RETRY);
      if (last < 0) {
        missed();
      }
      long timer =
          loop.owner()
              .setPeriodic(
                  heartbeat.toMillis(),
                  _ -> {
                    pump();
                    if (!over && !response.writeQueueFull()) {
                      response.write(": \n\n");
                    }
                  });
      response.endHandler(_ -> leave(timer));
      response.closeHandler(_ -> leave(timer));
      response.exceptionHandler(_ -> over = true);
      response.drainHandler(_ -> pump());
      feed.follow(follower);
      pump();
    }

    private void leave(long timer) {
      over = true;
      loop.owner().cancelTimer(timer);
      feed.leave(follower);
    }

    /// From another thread. Many events between two turns of the loop are one call.
    private void call() {
      if (called.compareAndSet(false, true)) {
        loop.runOnContext(_ -> {
          called.set(false);
          pump();
        });
      }
    }

    private void pump() {
      if (!over && !right.getAsBoolean()) {
        over = true;
        response.end();
        return;
      }
      while (!over && !response.writeQueueFull()) {
        if (next < feed.oldest()) {
          missed();
        }
        List<Feed.Item> items = feed.from(next, AT_ONCE);
        if (items.isEmpty()) {
          return;
        }
        StringBuilder text = new StringBuilder();
        for (Feed.Item item : items) {
          next = item.number() + 1;
          if (topics.contains(item.topic())) {
            text.append("id: ").append(feed.id(item.number())).append("\nevent: ");
            text.append(item.topic()).append("\ndata: ").append(item.json()).append("\n\n");
          }
        }
        if (!text.isEmpty()) {
          response.write(text.toString());
        }
      }
    }

    /// What lies between is gone; from here on nothing is.
    private void missed() {
      next = feed.next();
      response.write("id: " + feed.id(next - 1) + "\nevent: missed\ndata: {}\n\n");
    }
  }
}
