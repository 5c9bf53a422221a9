package dev.corral.runner.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One request and its answer. Any thread may call; everything happens on the event loop, in the
/// order of the calls. The head of a stream leaves with its first event, so that what goes wrong
/// before is an ordinary status.
final class Exchange {
  private enum State {
    ASKED,
    STREAMING,
    OVER
  }

  private static final byte[] DATA = ascii("data: ");
  private static final byte[] BLANK_LINE = ascii("\n\n");

  private final Channel channel;
  private final Request request;
  private final Runnable done;
  private State state = State.ASKED;
  private boolean left;
  private @Nullable Runnable whenLeft;

  /// @param body as it came
  record Request(String method, String path, ByteBuffer body, boolean keepsAlive) {}

  /// @param done told on the event loop when the answer is complete and the connection lives on
  Exchange(Channel channel, Request request, Runnable done) {
    this.channel = channel;
    this.request = request;
    this.done = done;
  }

  Request request() {
    return request;
  }

  Fields fields() {
    return Fields.of(Json.read(request.body().array()));
  }

  /// Answers at once and completely.
  void answer(int status, JsonNode json) {
    onLoop(() -> whole(status, json));
  }

  /// Sends one event of a stream.
  ///
  /// @param json made on the event loop, so that the engine's thread goes on
  void event(Supplier<JsonNode> json) {
    onLoop(() -> stream(Json.bytes(json.get())));
  }

  /// Ends a stream.
  ///
  /// @param last the text of one more event, such as `[DONE]`; empty for none
  void end(String last) {
    onLoop(() -> {
      if (!last.isEmpty()) {
        stream(ascii(last));
      }
      if (state == State.STREAMING) {
        var _ = channel.writeAndFlush(new DefaultLastHttpContent());
        over();
      }
    });
  }

  /// Tells what went wrong: by the status, or in a stream by an event, behind which the connection
  /// is cut, so that nobody takes it for a good end.
  void refuse(Refusal refusal) {
    onLoop(() -> {
      if (state == State.ASKED) {
        whole(refusal.status(), refusal.json());
      } else if (state == State.STREAMING) {
        stream(Json.bytes(refusal.json()));
        state = State.OVER;
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      }
    });
  }

  /// What to do when the client leaves before the answer is complete; at once where it has left.
  void whenLeft(Runnable action) {
    onLoop(() -> {
      whenLeft = action;
      if (left) {
        action.run();
      }
    });
  }

  /// The connection is gone. Called on the event loop.
  void leave() {
    boolean early = state != State.OVER;
    state = State.OVER;
    left = early;
    if (early && whenLeft != null) {
      whenLeft.run();
    }
  }

  private void whole(int status, JsonNode json) {
    if (state != State.ASKED) {
      return;
    }
    var _ = channel.writeAndFlush(whole(status, json, request.keepsAlive()));
    over();
  }

  /// A complete answer.
  static DefaultFullHttpResponse whole(int status, JsonNode json, boolean keepsAlive) {
    ByteBuf body = Unpooled.wrappedBuffer(Json.bytes(json));
    var response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), body);
    HttpHeaders headers = response.headers();
    headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json; charset=utf-8");
    headers.set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
    if (!keepsAlive) {
      headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    return response;
  }

  private void stream(byte[] text) {
    if (state == State.OVER) {
      return;
    }
    if (!channel.isWritable()) { // more than the high water mark waits: this client does not read
      var _ = channel.close();
      return;
    }
    if (state == State.ASKED) {
      head();
    }
    ByteBuf event = Unpooled.wrappedBuffer(DATA, text, BLANK_LINE);
    var _ = channel.writeAndFlush(new DefaultHttpContent(event));
  }

  private void head() {
    var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    head.headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream")
        .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_CACHE)
        .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    if (!request.keepsAlive()) {
      head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    var _ = channel.write(head);
    state = State.STREAMING;
  }

  private void over() {
    state = State.OVER;
    if (request.keepsAlive()) {
      done.run();
    } else {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void onLoop(Runnable step) {
    if (channel.eventLoop().inEventLoop()) {
      step.run();
    } else {
      channel.eventLoop().execute(step);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
