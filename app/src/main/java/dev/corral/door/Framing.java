package dev.corral.door;

import dev.corral.wire.Problem;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a request ends and whom it means, read in one way only, so that a proxy in front of us
/// that reads otherwise cannot be used to slip in a request of somebody else (RFC 9112, 3.2 and
/// 6.3). What is unclear is refused while it is decoded, so that nothing behind it on its
/// connection is read any more.
final class Framing {
  private Framing() {}

  /// For a connection that has read nothing yet.
  static void strict(HttpConnection connection, HttpServerOptions options, SlowHeads heads) {
    Channel channel = ((ConnectionBase) connection).channel();
    ChannelHandlerContext lenient = channel.pipeline().context(HttpRequestDecoder.class);
    Strict strict = new Strict(options, channel);
    channel.pipeline().replace(lenient.name(), lenient.name(), strict);
    heads.watch(strict);
    var _ = channel.closeFuture().addListener(_ -> heads.forget(strict));
  }

  /// What could not be decoded, in words for whoever sent it.
  static Problem problem(@Nullable Throwable cause) {
    return switch (cause) {
      case Unclear unclear -> unclear.problem;
      case TooLongHttpLineException _ ->
          Problem.of(
              414,
              "The address of this request is longer than "
                  + (Door.MAX_REQUEST_LINE_BYTES >> 10)
                  + " KiB",
              "Send what is long in the body.");
      case TooLongHttpHeaderException _ ->
          Problem.of(
              431,
              "The head of this request is larger than " + (Door.MAX_HEADER_BYTES >> 10) + " KiB",
              "Send fewer or shorter headers.");
      case null, default ->
          Problem.of(
              400,
              "This is no request of HTTP/1.1 that can be read",
              "Its first line is METHOD PATH HTTP/1.1, each header a line NAME: VALUE; this port"
                  + " speaks http, not https.");
    };
  }

  private static final class Unclear extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Problem problem;

    Unclear(Problem problem) {
      super(problem.text());
      this.problem = problem;
    }
  }

  static final class Strict extends VertxHttpRequestDecoder implements SlowHeads.Head {
    private static final char DELETE = 0x7F;
    private static final String TOO_SLOW_WORDS =
        "{\"error\":\"The request's head came too slowly. Send it at once.\"}";

    private static final String TOO_SLOW =
        "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Type: application/json\r\n"
            + "Content-Length: "
            + TOO_SLOW_WORDS.length()
            + "\r\n\r\n"
            + TOO_SLOW_WORDS;

    private final Channel channel;

    /// Nothing of a request has come since the last one ended.
    private boolean between = true;

    /// A head has begun and is not whole.
    private boolean headOpen;

    private boolean served;
    private int looks;

    /// The host that the request line itself names.
    private @Nullable String authority;

    Strict(HttpServerOptions options, Channel channel) {
      super(options);
      this.channel = channel;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf bytes, List<Object> out)
        throws Exception {
      // Line ends before a request belong to none.
      if (between && bytes.isReadable() && bytes.getByte(bytes.readerIndex()) > ' ') {
        between = false;
        headOpen = true;
        looks = 0;
      }
      super.decode(context, bytes, out);
      if (!out.isEmpty() && out.getLast() instanceof LastHttpContent) {
        between = true;
      }
    }

    /// A target that names the host too, as it is sent to proxies, means the same path here (RFC
    /// 9112, 3.2.2), and must never reach a backend as it is.
    @Override
    protected HttpMessage createMessage(String[] initialLine) {
      String target = initialLine[1];
      int scheme = target.startsWith("/") ? -1 : target.indexOf("://");
      authority = null;
      if (scheme > 0) {
        int path = target.indexOf('/', scheme + 3);
        authority = target.substring(scheme + 3, path < 0 ? target.length() : path);
        initialLine[1] = path < 0 ? "/" : target.substring(path);
      }
      return super.createMessage(initialLine);
    }

    @Override
    public int looked() {
      return headOpen ? ++looks : 0;
    }

    /// Said only where no answer to an earlier request can be on its way.
    @Override
    public void tooSlow() {
      headOpen = false;
      var _ =
          served
              ? channel.close()
              : channel
                  .pipeline()
                  .context(this)
                  .writeAndFlush(ByteBufUtil.writeAscii(channel.alloc(), TOO_SLOW))
                  .addListener(ChannelFutureListener.CLOSE);
    }

    /// Called once for each head that has been read.
    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
      headOpen = false;
      served = true;
      HttpHeaders headers = message.headers();
      if (message instanceof HttpRequest request && !plain(request.uri())) {
        throw new Unclear(
            Problem.of(
                400,
                "The address of this request has a control character",
                "Write it as %00 and so on."));
      }
      if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
        List<String> encodings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (encodings.size() != 1
            || !encodings.getFirst().equalsIgnoreCase("chunked")
            || message.protocolVersion().equals(HttpVersion.HTTP_1_0)
            || headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
          throw new Unclear(
              Problem.of(
                  400,
                  "It is not clear where this request ends",
                  "Send either Content-Length or Transfer-Encoding: chunked, once."));
        }
      }
      int hosts = headers.getAll(HttpHeaderNames.HOST).size();
      boolean two = authority != null && !authority.equalsIgnoreCase(headers.get("Host"));
      if (two
          || hosts > 1
          || (hosts == 0 && message.protocolVersion().equals(HttpVersion.HTTP_1_1))) {
        throw new Unclear(
            Problem.of(400, "It is not clear which host is meant", "Send one Host header."));
      }
      String connection = headers.get(HttpHeaderNames.CONNECTION);
      if (connection != null && connection.indexOf(',') > 0 && !HttpUtil.isKeepAlive(message)) {
        // Vert.x sees the wish only where it stands alone.
        headers.add(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      }
      return super.isContentAlwaysEmpty(message);
    }

    /// No backend takes such an address, so that it is no fault of theirs (RFC 3986, 2).
    private static boolean plain(String uri) {
      for (int i = 0; i < uri.length(); i++) {
        if (uri.charAt(i) <= ' ' || uri.charAt(i) == DELETE) {
          return false;
        }
      }
      return true;
    }
  }
}
