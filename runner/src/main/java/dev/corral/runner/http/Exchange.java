package dev.corral.runner.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One request and its answer. Any thread may call, none ever waits: what is to be told goes into a
/// queue, and the connection's thread writes it. The head of a stream leaves with its first event,
/// so that what goes wrong before is an ordinary status.
final class Exchange {
  private sealed interface Step {
    record Whole(int status, JsonNode json) implements Step {}

    record Event(Supplier<JsonNode> json) implements Step {}

    record End(String last) implements Step {}

    record Failed(Refusal refusal) implements Step {}

    record Left() implements Step {}
  }

  /// Events that may wait for a client that does not read, before it counts as gone.
  private static final int MOST_WAITING = 50_000;

  private static final Map<Integer, String> REASONS =
      Map.ofEntries(
          Map.entry(200, "OK"),
          Map.entry(400, "Bad Request"),
          Map.entry(401, "Unauthorized"),
          Map.entry(404, "Not Found"),
          Map.entry(413, "Content Too Large"),
          Map.entry(500, "Internal Server Error"),
          Map.entry(501, "Not Implemented"),
          Map.entry(503, "Service Unavailable"));

  private static final String STREAM =
      String.join(
          "\r\n",
          "HTTP/1.1 200 OK",
          "Content-Type: text/event-stream",
          "Cache-Control: no-cache",
          "Transfer-Encoding: chunked",
          "");

  private final Request request;
  private final Consumer<Exchange> routes;
  private final Runnable close;
  private final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();
  private final CountDownLatch told = new CountDownLatch(1);
  private boolean left;
  private @Nullable Runnable whenLeft;
  private boolean streaming;

  /// @param routes makes the answer
  /// @param close ends the connection
  Exchange(Request request, Consumer<Exchange> routes, Runnable close) {
    this.request = request;
    this.routes = routes;
    this.close = close;
  }

  Request request() {
    return request;
  }

  Fields fields() {
    return Fields.of(Json.read(request.body().bytes()));
  }

  /// Answers at once and completely.
  void answer(int status, JsonNode json) {
    steps.add(new Step.Whole(status, json));
  }

  /// Sends one event of a stream.
  ///
  /// @param json made on the connection's thread, so that the engine's goes on
  void event(Supplier<JsonNode> json) {
    steps.add(new Step.Event(json));
    if (steps.size() > MOST_WAITING) {
      close.run();
    }
  }

  /// Ends a stream.
  ///
  /// @param last the text of one more event, such as `[DONE]`; empty for none
  void end(String last) {
    steps.add(new Step.End(last));
  }

  /// Tells what went wrong: by the status, or in a stream by an event, behind which the connection
  /// is cut, so that nobody takes it for a good end.
  void refuse(Refusal refusal) {
    steps.add(new Step.Failed(refusal));
  }

  /// What to do when the client leaves before the answer is complete; at once where it has left.
  void whenLeft(Runnable action) {
    boolean now;
    synchronized (this) {
      whenLeft = action;
      now = left;
    }
    if (now) {
      action.run();
    }
  }

  /// The client is gone.
  void leave() {
    request.body().close();
    Runnable action;
    synchronized (this) {
      action = left ? null : whenLeft;
      left = true;
    }
    if (action != null) {
      action.run();
    }
    steps.add(new Step.Left());
  }

  void awaitTold() throws InterruptedException {
    told.await();
  }

  /// Has the answer made and writes it as it comes.
  ///
  /// @return whether another request may follow on this connection
  /// @throws IOException when the client is gone
  boolean tell(OutputStream out) throws IOException, InterruptedException {
    try {
      routes.accept(this);
      request.body().close();
      while (true) {
        switch (steps.take()) {
          case Step.Whole(int status, JsonNode json) -> {
            out.write(whole(status, json));
            return request.keepsAlive();
          }
          case Step.Event(Supplier<JsonNode> json) -> out.write(chunk(Json.bytes(json.get())));
          case Step.End(String last) -> {
            out.write(lastChunk(last));
            return request.keepsAlive();
          }
          case Step.Failed(Refusal refusal) -> {
            byte[] text = Json.bytes(refusal.json());
            out.write(streaming ? chunk(text) : whole(refusal.status(), refusal.json()));
            return !streaming && request.keepsAlive();
          }
          case Step.Left _ -> {
            return false;
          }
        }
      }
    } finally {
      request.body().close();
      told.countDown();
    }
  }

  private byte[] whole(int status, JsonNode json) {
    byte[] body = Json.bytes(json);
    String head =
        "HTTP/1.1 %d %s\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n"
            .formatted(status, REASONS.getOrDefault(status, "Status"), body.length);
    return join(ascii(head + ending()), body);
  }

  private String ending() {
    return request.keepsAlive() ? "\r\n" : "Connection: close\r\n\r\n";
  }

  private byte[] chunk(byte[] text) {
    byte[] head = streaming ? new byte[0] : ascii(STREAM + ending());
    streaming = true;
    int length = "data: ".length() + text.length + 2;
    return join(head, ascii(Integer.toHexString(length) + "\r\ndata: "), text, ascii("\n\n\r\n"));
  }

  private byte[] lastChunk(String last) {
    return join(last.isEmpty() ? new byte[0] : chunk(ascii(last)), ascii("0\r\n\r\n"));
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
