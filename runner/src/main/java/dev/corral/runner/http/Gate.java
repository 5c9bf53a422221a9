package dev.corral.runner.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// Demands the key before anything of a body is kept. `/health` alone is open.
final class Gate extends ChannelInboundHandlerAdapter {
  private static final String BEARER = "Bearer ";

  /// What of a refused body is still read, so that the client gets to see the refusal.
  private static final long PATIENCE = 1024 * 1024;

  private final byte[] key;
  private boolean refused;
  private long dropped;

  Gate(String key) {
    this.key = key.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (refused) {
      drop(context, message);
    } else if (message instanceof HttpRequest request && !mayPass(request)) {
      refused = true;
      var _ = context.writeAndFlush(refusal(request));
      drop(context, message);
    } else {
      super.channelRead(context, message);
    }
  }

  private boolean mayPass(HttpRequest request) {
    return request.decoderResult().isSuccess()
        && (path(request.uri()).equals("/health") || holdsKey(request.headers()));
  }

  static String path(String uri) {
    int query = uri.indexOf('?');
    return query < 0 ? uri : uri.substring(0, query);
  }

  private static Object refusal(HttpRequest request) {
    Refusal refusal =
        request.decoderResult().isSuccess()
            ? Refusal.wrongKey()
            : Refusal.invalid(
                "The request is no HTTP/1.1 that can be read, or its head is too long");
    return Exchange.whole(refusal.status(), refusal.json(), false);
  }

  /// Compared in a time that does not depend on the key.
  private boolean holdsKey(HttpHeaders headers) {
    String authorization = headers.get("Authorization", "");
    String given =
        authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
            ? authorization.substring(BEARER.length())
            : headers.get("X-Api-Key", "");
    return MessageDigest.isEqual(key, given.getBytes(StandardCharsets.UTF_8));
  }

  private void drop(ChannelHandlerContext context, Object message) {
    dropped += message instanceof HttpContent part ? part.content().readableBytes() : 0;
    boolean last = message instanceof LastHttpContent || dropped > PATIENCE;
    ReferenceCountUtil.release(message);
    if (last) {
      context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }
}
