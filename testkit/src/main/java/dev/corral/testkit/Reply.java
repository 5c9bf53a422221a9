package dev.corral.testkit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The answer to one exchange. Handlers write ordinary answers through it; the fault that was
/// injected for the exchange strikes here, so that no handler knows of faults.
final class Reply {
  /// Go buffers this much of a handler's output; a longer answer goes out chunked.
  private static final int UNCHUNKED = 2048;

  private static final byte[] GARBAGE = Wire.ascii("<!oops: not json\n");
  private static final byte[] GARBAGE_EVENT = Wire.ascii("data: <!oops: not json\n\n");
  private static final String PAGE =
      "<!DOCTYPE html>\n<html><body><h1>Sign in to the network</h1></body></html>\n";

  private final Exchange exchange;
  private final Wire wire;
  private final @Nullable Fault fault;
  private final Predicate<Fault> inForce;
  private final Layer layer;
  private final Headers extra;

  /// @param inForce whether a fault was not taken back yet
  Reply(Exchange exchange, Wire wire, @Nullable Fault fault, Predicate<Fault> inForce) {
    this(exchange, wire, fault, inForce, Headers.of());
  }

  private Reply(
      Exchange exchange,
      Wire wire,
      @Nullable Fault fault,
      Predicate<Fault> inForce,
      Headers extra) {
    this.exchange = exchange;
    this.wire = wire;
    this.fault = fault;
    this.inForce = inForce;
    this.layer = Layer.of(exchange.request().path());
    this.extra = extra;
  }

  /// The same reply with more headers in whatever is answered.
  Reply adding(String... namesAndValues) {
    return new Reply(exchange, wire, fault, inForce, Headers.of(namesAndValues));
  }

  /// The fault that strikes this exchange; null for most.
  @Nullable Fault fault() {
    return fault;
  }

  Exchange exchange() {
    return exchange;
  }

  /// For answers that are given byte for byte.
  Wire wire() {
    return wire;
  }

  /// Faults that replace the answer as a whole.
  void strikeBeforeAnswer() {
    switch (fault) {
      case null -> {}
      case Fault.Hang hang -> {
        exchange.pause(Fault.FOREVER);
        throw wire.cut(false);
      }
      case Fault.SilentPrefill silent -> exchange.pause(silent.silence());
      case Fault.CutBeforeHead cut -> throw wire.cut(true);
      case Fault.Status status -> throw ApiError.of(status.status(), status.message());
      case Fault.Html html -> {
        write(200, Headers.of("Content-Type", "text/html; charset=utf-8"), Body.of(PAGE).unsafe());
        throw new Exchange.Over();
      }
      case Fault.Redirect redirect -> {
        write(redirect.status(), Headers.of("Location", redirect.location()), new byte[0]);
        throw new Exchange.Over();
      }
      case Fault.TwoLengths lengths -> {
        Headers two = Headers.of("Content-Length", "2", "Content-Length", "5");
        wire.write(wire.head(200, Headers.of("Content-Type", "application/json"), two));
        wire.write(Wire.ascii("{}"));
        throw wire.cut(false);
      }
      case Fault.RawBytes raw -> {
        wire.write(raw.bytes().unsafe());
        throw wire.cut(false);
      }
      case Fault.StallAfter later -> {}
      case Fault.Held later -> {}
      case Fault.CutAfter later -> {}
      case Fault.CleanEndAfter later -> {}
      case Fault.GarbageAfter later -> {}
      case Fault.HalfFrameAfter later -> {}
      case Fault.Slow later -> {}
      case Fault.Endless later -> {}
      case Fault.LateError later -> {}
      case Fault.Repeats later -> {}
    }
  }

  /// An answer in one piece.
  void whole(int status, Headers headers, byte[] body) {
    byte[] half = Arrays.copyOf(body, body.length / 2);
    byte[] rest = Arrays.copyOfRange(body, half.length, body.length);
    switch (fault) {
      case Fault.CutAfter cut -> {
        wire.write(Wire.join(head(status, headers, body.length), half));
        throw wire.cut(cut.reset());
      }
      case Fault.HalfFrameAfter cut -> {
        wire.write(Wire.join(head(status, headers, body.length), half));
        throw wire.cut(false);
      }
      case Fault.StallAfter stall -> {
        wire.write(Wire.join(head(status, headers, body.length), half));
        exchange.pause(stall.silence());
        wire.finish(rest);
      }
      case Fault.Held held -> {
        wire.write(Wire.join(head(status, headers, body.length), half));
        exchange.pauseWhile(() -> inForce.test(held));
        wire.finish(rest);
      }
      case Fault.Slow slow -> {
        exchange.pause(slow.perFrame());
        wire.write(Wire.join(head(status, headers, body.length), half));
        exchange.pause(slow.perFrame());
        wire.finish(rest);
      }
      case Fault.CleanEndAfter clean ->
          throw wire.endEarly(Wire.join(head(status, headers, half.length), half));
      case Fault.GarbageAfter garbage -> write(status, headers, GARBAGE);
      case Fault.LateError late -> {
        ApiError error = ApiError.of(500, late.message());
        write(500, errorHeaders(error), errorBody(error));
      }
      case Fault.Endless endless -> {
        exchange.pause(Fault.FOREVER);
        throw wire.cut(false);
      }
      case null, default -> write(status, headers, body);
    }
  }

  /// An error in the shape of the path's API. No fault strikes it.
  void error(ApiError error) {
    write(error.status(), errorHeaders(error), errorBody(error));
  }

  private Headers errorHeaders(ApiError error) {
    boolean charset =
        switch (error.writer()) {
          case HANDLER -> layer == Layer.NATIVE;
          case MIDDLEWARE -> true;
          case STREAM -> false;
        };
    Headers type =
        Headers.of(
            "Content-Type", charset ? "application/json; charset=utf-8" : "application/json");
    return uncached(error) ? type.with("Cache-Control", "no-cache") : type;
  }

  /// Ollama sets this header on the streams of its newer layers before it knows that they fail.
  private boolean uncached(ApiError error) {
    Received request = exchange.request();
    boolean newer = request.path().equals("/v1/messages") || request.path().equals("/v1/responses");
    return newer
        && error.writer() == ApiError.Writer.HANDLER
        && request.body().json().path("stream").asBoolean(false);
  }

  private byte[] errorBody(ApiError error) {
    boolean line = layer != Layer.NATIVE && error.writer() == ApiError.Writer.HANDLER;
    ObjectNode body = layer.error(error.status(), error.text());
    return line ? Json.line(body) : Json.bytes(body);
  }

  private void write(int status, Headers headers, byte[] body) {
    boolean bodiless = exchange.request().method().equals("HEAD");
    if (body.length > UNCHUNKED) {
      byte[] head = startLine(status, headers, Headers.of("Transfer-Encoding", "chunked"));
      byte[] chunk = Wire.join(Wire.chunk(body), Wire.lastChunk());
      wire.finish(bodiless ? startLine(status, headers, Headers.of()) : Wire.join(head, chunk));
      return;
    }
    byte[] head = head(status, headers, body.length);
    wire.finish(bodiless ? head : Wire.join(head, body));
  }

  private byte[] head(int status, Headers headers, int length) {
    boolean noLength = status == 204;
    return startLine(
        status,
        headers,
        noLength ? Headers.of() : Headers.of("Content-Length", Integer.toString(length)));
  }

  private byte[] startLine(int status, Headers headers, Headers framing) {
    return wire.head(status, headers.and(extra), framing);
  }

  /// Starts a stream. As with Ollama, not even the head leaves before the first frame.
  ///
  /// @param lateError how this stream tells an error in its middle; empty bytes where it does not
  Frames stream(Headers headers, Function<String, byte[]> lateError) {
    return new Frames(headers, lateError);
  }

  /// A chunked body in which every frame is a chunk of its own.
  final class Frames {
    private final Headers headers;
    private final Function<String, byte[]> lateError;
    private boolean headSent;
    private int count;

    private Frames(Headers headers, Function<String, byte[]> lateError) {
      this.headers = headers;
      this.lateError = lateError;
    }

    /// Frames sent so far.
    int count() {
      return count;
    }

    /// Sends one frame, unless a fault strikes before it.
    void frame(byte[] bytes) {
      strike(bytes);
      // Counted before the write, so that whoever has the frame also finds it counted.
      count++;
      exchange.frameSent();
      send(bytes);
      exchange.frameLeft();
    }

    /// Ends the body in order.
    void end() {
      byte[] last = headSent ? Wire.lastChunk() : Wire.join(head(), Wire.lastChunk());
      wire.finish(last);
    }

    /// Ends the body in order, though the answer is not complete.
    Exchange.Over endEarly() {
      return wire.endEarly(headSent ? Wire.lastChunk() : Wire.join(head(), Wire.lastChunk()));
    }

    private byte[] head() {
      headSent = true;
      return startLine(200, headers, Headers.of("Transfer-Encoding", "chunked"));
    }

    private void sendHead() {
      if (!headSent) {
        wire.write(head());
      }
    }

    private void send(byte[] bytes) {
      byte[] chunk = Wire.chunk(bytes);
      wire.write(headSent ? chunk : Wire.join(head(), chunk));
    }

    private void strike(byte[] next) {
      switch (fault) {
        case Fault.CutAfter cut when cut.frames() == count -> {
          sendHead();
          throw wire.cut(cut.reset());
        }
        case Fault.HalfFrameAfter half when half.frames() == count -> {
          send(Arrays.copyOf(next, next.length / 2));
          throw wire.cut(false);
        }
        case Fault.StallAfter stall when stall.frames() == count -> {
          sendHead();
          exchange.pause(stall.silence());
        }
        case Fault.Held held when held.frames() == count -> {
          sendHead();
          exchange.pauseWhile(() -> inForce.test(held));
        }
        case Fault.CleanEndAfter clean when clean.frames() == count -> throw endEarly();
        case Fault.GarbageAfter garbage when garbage.frames() == count ->
            send(headers.says("Content-Type", "text/event-stream") ? GARBAGE_EVENT : GARBAGE);
        case Fault.LateError late when late.frames() == count -> {
          byte[] error = lateError.apply(late.message());
          if (error.length > 0) {
            send(error);
          }
          throw endEarly();
        }
        case Fault.Slow slow -> exchange.pause(slow.perFrame());
        case null, default -> {}
      }
    }
  }
}
