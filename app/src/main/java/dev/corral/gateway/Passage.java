package dev.corral.gateway;

import dev.corral.dialect.End;
import dev.corral.dialect.EndWatch;
import dev.corral.dialect.ErrorFrame;
import dev.corral.dialect.Translator;
import dev.corral.dialect.Usage;
import dev.corral.door.Replies;
import dev.corral.exchange.ExchangeEvent.Outcome;
import dev.corral.wire.Problem;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/// An answer on its way from the backend to the client. Nothing reaches the client before the first
/// content, so that until then another candidate may still be asked; after it a failure is told in
/// the caller's dialect and the connection is cut, never ended as though the answer were whole.
final class Passage {
  /// Whole answers up to this size are held until they are complete, so that one which only looks
  /// whole can still become an error. Larger ones (embeddings) flow.
  private static final int HELD_BYTES = 256 * 1024;

  /// Between the error frame and the cut.
  private static final long READ_MILLIS = 250;

  private enum Way {
    /// An error status: its text is gathered.
    ERROR,
    /// A whole answer that is being held.
    HELD,
    /// Passed on as it comes.
    FLOWING
  }

  private final Exchange exchange;
  private final Attempt attempt;
  private final HttpServerResponse response;
  private final int status;
  private final MultiMap headers;
  private final @Nullable Translator translator;
  private final String type;
  private final boolean streamed;
  private final long declared;
  private final Buffer held = Buffer.buffer();

  /// Of a call that tells its progress.
  private final @Nullable Progress progress;

  private Way way;
  private @Nullable EndWatch watch;
  private boolean headSent;
  private long passed;
  private long firstByteNanos = -1;

  /// @param translator set where the backend speaks another dialect than the caller
  Passage(
      Exchange exchange,
      Attempt attempt,
      int status,
      MultiMap headers,
      @Nullable Translator translator) {
    this.exchange = exchange;
    this.attempt = attempt;
    this.response = exchange.visit().request().response();
    this.status = status;
    this.headers = headers;
    this.translator = translator;
    if (translator != null && status < 300) {
      headers.set("Content-Type", translator.contentType()).remove("Content-Length");
    }
    this.type = String.valueOf(headers.get("Content-Type"));
    this.streamed = type.startsWith("application/x-ndjson") || type.startsWith("text/event-stream");
    this.declared = HeaderRules.length(headers);
    this.progress = streamed && !Calls.reads(exchange.call()) ? new Progress() : null;
    if (status >= 400) {
      this.way = Way.ERROR;
    } else {
      this.way = streamed || declared > HELD_BYTES ? Way.FLOWING : Way.HELD;
    }
  }

  boolean streamed() {
    return streamed;
  }

  /// The head has come.
  void begin() {
    boolean inference = Calls.inference(exchange.call());
    if (way == Way.ERROR) {
      return;
    }
    if (status >= 300) {
      fail("it answered with a redirect, which is not followed");
    } else if (inference && type.startsWith("text/html")) {
      fail("it answered with a web page; is this a model server?");
    } else if (packed() && translator != null) {
      fail("its answer is packed, which nobody asked for");
    } else if (inference && !packed()) {
      watch = new EndWatch(exchange.call(), streamed);
    }
  }

  /// What is packed passes untouched and unwatched.
  private boolean packed() {
    String encoding = headers.get("Content-Encoding");
    return encoding != null && !encoding.equalsIgnoreCase("identity");
  }

  void chunk(Buffer chunk) {
    if (translator == null || way == Way.ERROR) {
      take(chunk);
    } else {
      byte[] bytes = chunk.getBytes();
      take(Buffer.buffer(translator.feed(bytes, 0, bytes.length)));
    }
  }

  private void take(Buffer chunk) {
    if (chunk.length() == 0 || attempt.over()) {
      return;
    }
    switch (way) {
      case ERROR -> {
        held.appendBuffer(chunk);
        if (held.length() > HELD_BYTES) {
          fail("it answered " + status + " with more text than an error has");
        }
      }
      case HELD -> {
        feed(chunk);
        held.appendBuffer(chunk);
        if (held.length() > HELD_BYTES) {
          way = Way.FLOWING;
          pass(held);
        }
      }
      case FLOWING -> {
        feed(chunk);
        if (mayStillBeReplaced(chunk)) {
          held.appendBuffer(chunk);
        } else {
          pass(held.length() == 0 || headSent ? chunk : held.appendBuffer(chunk));
        }
      }
    }
  }

  private void feed(Buffer chunk) {
    EndWatch watching = watch;
    if (watching != null) {
      watching.feed(chunk.getByteBuf().nioBuffer());
    }
    boolean content = watching == null || watching.start() == EndWatch.Start.CONTENT || !streamed;
    if (firstByteNanos < 0 && content) {
      firstByteNanos = System.nanoTime();
    }
  }

  /// Frames before the first content (a role, an empty delta) wait for it: should the backend fail
  /// now, another candidate can still answer, and the caller never knows.
  private boolean mayStillBeReplaced(Buffer chunk) {
    return streamed
        && !headSent
        && watch != null
        && watch.start() != EndWatch.Start.CONTENT
        && held.length() + chunk.length() < HELD_BYTES;
  }

  private void pass(Buffer chunk) {
    if (!headSent) {
      sendHead();
      if (declared >= 0 && progress == null) {
        response.putHeader("Content-Length", Long.toString(declared));
      } else {
        response.setChunked(true);
      }
    }
    Buffer sent = progress == null ? chunk : progress.take(chunk);
    if (sent.length() > 0) {
      passed += sent.length();
      response.write(sent);
    }
    if (response.writeQueueFull()) {
      attempt.pauseUntilDrained(response);
    }
  }

  private void sendHead() {
    headSent = true;
    response.setStatusCode(status);
    HeaderRules.toClient(headers, response.headers());
    attempt.mark(response);
  }

  /// The backend ended its answer.
  void end() {
    if (translator != null && way != Way.ERROR) {
      take(Buffer.buffer(translator.finish()));
    }
    if (attempt.over()) {
      return;
    }
    switch (way) {
      case ERROR -> attempt.refused(status, headers, held);
      case HELD -> whole();
      case FLOWING -> ended();
    }
  }

  /// A held answer is complete: if it only looks whole, it is an error after all.
  private void whole() {
    switch (told()) {
      case End.Complete complete -> {
        attempt.done(false);
        if (attempt.alsoAtNext()) {
          return;
        }
        sendHead();
        response.putHeader("Content-Length", Integer.toString(held.length()));
        if (exchange.visit().request().method().name().equals("HEAD")) {
          response.end();
        } else {
          response.end(held);
        }
        exchange.finish(
            Outcome.ANSWERED, status, attempt, held.length(), firstByteNanos, complete.usage());
      }
      case End.NoTerminator _ -> fail("it ended the answer before it was complete");
      case End.LateError late -> fail(late.text());
    }
  }

  /// The frames are over.
  private void ended() {
    switch (told()) {
      case End.Complete complete -> {
        if (!headSent) {
          pass(held);
        }
        Buffer rest = progress == null ? Buffer.buffer() : progress.rest();
        if (rest.length() > 0) {
          response.write(rest);
        }
        attempt.done(false);
        if (!response.ended()) {
          Replies.end(exchange.visit().request());
        }
        exchange.finish(
            Outcome.ANSWERED, status, attempt, passed, firstByteNanos, complete.usage());
      }
      case End.LateError late when late.told() && headSent -> {
        // The backend said so itself, in a frame that the caller's client understands.
        attempt.done(true);
        Replies.end(exchange.visit().request());
        exchange.finish(Outcome.BROKEN, status, attempt, passed, firstByteNanos, late.usage());
      }
      case End.NoTerminator _ -> broken("it ended the answer before it was complete");
      case End.LateError late -> broken(late.text());
    }
  }

  /// The backend answered, and not as a model server does.
  private void fail(String why) {
    attempt.cancel();
    broken(why);
  }

  /// No more of this answer will come. Once content has been sent: an error frame in the caller's
  /// dialect, then the cut. Before that, another candidate or an ordinary error.
  void broken(String why) {
    if (!headSent) {
      attempt.giveUp(why);
      return;
    }
    attempt.done(true);
    if (streamed && !packed()) {
      EndWatch watching = watch == null ? new EndWatch(exchange.call(), true) : watch;
      Problem problem = Problem.of(502, "The answer broke off: " + why);
      byte[] frame = ErrorFrame.render(exchange.call(), problem, watching);
      passed += frame.length;
      response.write(Buffer.buffer(frame)).onComplete(_ -> cutLater());
    } else {
      var _ = exchange.visit().request().connection().close();
    }
    exchange.finish(Outcome.BROKEN, status, attempt, passed, firstByteNanos, told().usage());
  }

  /// Browsers throw away what they have not read yet when a connection breaks: the last frames and
  /// the error get a moment to be read.
  private void cutLater() {
    exchange
        .gateway()
        .vertx()
        .setTimer(READ_MILLIS, _ -> exchange.visit().request().connection().close());
  }

  /// How the answer ended. Calls that ask no model have no end mark that we could miss.
  private End told() {
    return watch == null ? new End.Complete(Usage.UNKNOWN) : watch.finish();
  }
}
