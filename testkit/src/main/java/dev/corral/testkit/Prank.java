package dev.corral.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Answers with mischief, for all doubles that keep files.
final class Prank {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");
  private static final Headers JSON = Headers.of("Content-Type", "application/json");

  private Prank() {}

  /// Mischief that needs no content.
  ///
  /// @return whether the caller has its answer
  static boolean struck(@Nullable Mischief trick, Reply reply) {
    switch (trick) {
      case Mischief.Status status -> {
        Headers headers = JSON;
        if (!status.retryAfter().isNegative()) {
          headers = headers.with("Retry-After", Long.toString(status.retryAfter().toSeconds()));
        }
        reply.whole(status.status(), headers, Body.of(status.body()).unsafe());
      }
      case Mischief.Elsewhere away ->
          reply.whole(away.status(), Headers.of("Location", away.location()), new byte[0]);
      case Mischief.Page _ ->
          reply.whole(
              200,
              Headers.of("Content-Type", "text/html"),
              Body.of("<!DOCTYPE html><html><body>Sign in</body></html>").unsafe());
      case Mischief.Instead instead -> reply.whole(200, JSON, instead.bytes().unsafe());
      case Mischief.Packed _ ->
          reply.whole(200, JSON.with("Content-Encoding", "gzip"), new byte[] {0x1f, (byte) 0x8b});
      case null, default -> {
        return false;
      }
    }
    return true;
  }

  /// The content or the range of it that is asked for, with what goes wrong on the way.
  ///
  /// @param inForce whether mischief was not taken back yet
  static void send(
      Exchange exchange,
      Reply reply,
      Content content,
      @Nullable Mischief trick,
      Predicate<Mischief> inForce) {
    long size = content.size() + (trick instanceof Mischief.Resized other ? other.by() : 0);
    Matcher range = RANGE.matcher(exchange.request().headers().first("Range").orElse(""));
    boolean ranged = range.matches() && !(trick instanceof Mischief.IgnoreRange);
    long first = ranged ? Long.parseLong(range.group(1)) : 0;
    long last =
        ranged && !range.group(2).isEmpty()
            ? Math.min(Long.parseLong(range.group(2)), size - 1)
            : size - 1;
    Wire wire = reply.wire();
    if (ranged && first >= size) {
      reply.whole(416, Headers.of("Content-Range", "bytes */" + size), new byte[0]);
      return;
    }
    List<String> headers = new ArrayList<>(List.of("Content-Type", "application/octet-stream"));
    if (ranged) {
      long named = trick instanceof Mischief.WrongRange ? first + 1 : first;
      headers.addAll(List.of("Content-Range", "bytes " + named + "-" + last + "/" + size));
    }
    Headers length = Headers.of("Content-Length", Long.toString(last - first + 1));
    byte[] head = wire.head(ranged ? 206 : 200, Headers.of(headers.toArray(String[]::new)), length);
    if (exchange.request().method().equals("HEAD")) {
      wire.finish(head);
      return;
    }
    wire.write(head);
    new Outpour(exchange, wire, content, trick, inForce).pour(first, last + 1);
  }
}
