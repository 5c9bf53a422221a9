package dev.corral.door;

import dev.corral.model.Dialect;
import dev.corral.wire.Problem;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.List;

/// Where a request ends and whom it means, read in one way only, so that a proxy in front of us
/// that reads otherwise cannot be used to slip in a request of somebody else (RFC 9112, 3.2 and
/// 6.3). What is unclear is refused while it is decoded, so that nothing behind it on its
/// connection is read any more.
final class Framing {
  private Framing() {}

  /// For a connection that has read nothing yet.
  static void strict(HttpConnection connection, HttpServerOptions options) {
    ChannelPipeline pipeline = ((ConnectionBase) connection).channel().pipeline();
    ChannelHandlerContext lenient = pipeline.context(HttpRequestDecoder.class);
    pipeline.replace(lenient.name(), lenient.name(), new Strict(options));
  }

  /// Answers what could not be decoded.
  static void refuse(HttpServerRequest request) {
    if (request.decoderResult().cause() instanceof Unclear unclear) {
      request.response().putHeader("Connection", "close");
      Replies.problem(request, Dialect.OLLAMA, unclear.problem);
      var _ = request.connection().close();
    } else {
      HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER.handle(request);
    }
  }

  private static final class Unclear extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Problem problem;

    Unclear(Problem problem) {
      super(problem.text());
      this.problem = problem;
    }
  }

  private static final class Strict extends VertxHttpRequestDecoder {
    private static final char DELETE = 0x7F;

    Strict(HttpServerOptions options) {
      super(options);
    }

    /// Called once for each head that has been read.
    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
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
            || headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
          throw new Unclear(
              Problem.of(
                  400,
                  "It is not clear where this request ends",
                  "Send either Content-Length or Transfer-Encoding: chunked, once."));
        }
      }
      int hosts = headers.getAll(HttpHeaderNames.HOST).size();
      if (hosts > 1 || (hosts == 0 && message.protocolVersion().equals(HttpVersion.HTTP_1_1))) {
        throw new Unclear(
            Problem.of(400, "It is not clear which host is meant", "Send one Host header."));
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
