package dev.corral.gateway;

import dev.corral.dialect.Call;
import dev.corral.dialect.End;
import dev.corral.dialect.EndWatch;
import dev.corral.dialect.ErrorFrame;
import dev.corral.dialect.Translation;
import dev.corral.dialect.Translator;
import dev.corral.dialect.Usage;
import dev.corral.door.Replies;
import dev.corral.exchange.ExchangeEvent.Outcome;
import dev.corral.fleet.Backend;
import dev.corral.route.Plan;
import dev.corral.upstream.Failure;
import dev.corral.upstream.Payload;
import dev.corral.upstream.UpstreamCall;
import dev.corral.wire.PathMask;
import dev.corral.wire.Problem;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One try at one candidate. Nothing reaches the client before the first content, so that until
/// then another candidate may still be asked; after it a failure is told in the caller's dialect
/// and the connection is cut, never ended as though the answer were whole.
final class Attempt implements UpstreamCall.Listener {
  /// Whole answers up to this size are held until they are complete, so that one which only looks
  /// whole can still become an error. Larger ones (embeddings) flow.
  private static final int HELD_BYTES = 256 * 1024;

  /// Between the error frame and the cut.
  private static final long READ_MILLIS = 250;

  private enum Answer {
    AWAITED,
    /// An error status: its text is gathered.
    ERROR,
    /// A whole answer that is being held.
    HELD,
    /// Passed on as it comes.
    FLOWING,
    OVER
  }

  private final Exchange exchange;
  private final Plan plan;
  private final Plan.Candidate candidate;
  private final int index;
  private final HttpServerResponse response;
  private Answer answer = Answer.AWAITED;
  private @Nullable UpstreamCall upstream;
  private @Nullable EndWatch watch;
  private @Nullable Translator translator;
  private @Nullable MultiMap headers;
  private @Nullable Buffer held;
  private int status;
  private boolean streamed;
  private boolean headSent;
  private long declared = -1;
  private long passed;
  private long firstByteNanos = -1;

  Attempt(Exchange exchange, Plan plan, Plan.Candidate candidate, int index) {
    this.exchange = exchange;
    this.plan = plan;
    this.candidate = candidate;
    this.index = index;
    this.response = exchange.visit().request().response();
  }

  Backend backend() {
    return candidate.backend();
  }

  boolean streamed() {
    return streamed;
  }

  void begin() {
    backend().load().begin();
    if (backend().ollama()) {
      ask(exchange.visit().request().uri(), payload());
    } else if (Calls.openaiSpeaks(exchange.call())) {
      // Such a backend's base path ends in /v1 already.
      ask(exchange.visit().request().uri().substring("/v1".length()), payload());
    } else {
      translate();
    }
  }

  private Payload payload() {
    return plan.rewritten()
        ? exchange.body().payload(exchange.peeked().retarget(plan.model()))
        : exchange.body().payload();
  }

  /// A call in Ollama's dialect for a backend that speaks OpenAI's.
  private void translate() {
    if (exchange.call() == Call.SHOW) {
      answered(Entries.show(backend(), plan.model()));
      return;
    }
    Translation translation =
        exchange
            .gateway()
            .toOpenAi()
            .of(exchange.peeked(), exchange.body().bytes(), plan.model(), plan.model());
    switch (translation) {
      case Translation.Ask ask -> {
        translator = ask.answer();
        Buffer body = Buffer.buffer(ask.body());
        ask(ask.path(), new Payload.Held(List.of(body), body.length(), () -> {}));
      }
      case Translation.Answered known -> answered(known.body());
      case Translation.Refused no -> {
        answer = Answer.OVER;
        backend().load().ignored();
        exchange.refuse(no.problem());
      }
    }
  }

  /// The answer is known without asking.
  private void answered(byte[] body) {
    done(false);
    mark();
    Replies.whole(
        exchange.visit().request(), 200, "application/json; charset=utf-8", Buffer.buffer(body));
    exchange.finish(Outcome.ANSWERED, 200, this, body.length, -1, Usage.UNKNOWN);
  }

  private void ask(String path, Payload payload) {
    Gateway gateway = exchange.gateway();
    upstream =
        gateway
            .upstream()
            .call(
                backend().target(),
                exchange.visit().request().method().name(),
                path,
                to ->
                    HeaderRules.toBackend(
                        exchange.visit().request().headers(), to, gateway.instance()),
                payload,
                this);
  }

  /// The client left: the backend stops at once, and nobody counts it as its failure.
  void abandon() {
    if (answer != Answer.OVER) {
      answer = Answer.OVER;
      backend().load().ignored();
      cancel();
    }
  }

  @Override
  public void onHead(int status, MultiMap headers) {
    this.status = status;
    this.headers = headers;
    if (backend().state() == Backend.State.DOWN) {
      exchange.gateway().fleet().answered(backend().name());
    }
    String type = String.valueOf(headers.get("Content-Type"));
    Translator translating = status < 300 ? translator : null;
    if (translating != null) {
      type = translating.contentType();
      headers.set("Content-Type", type).remove("Content-Length");
    }
    streamed = type.startsWith("application/x-ndjson") || type.startsWith("text/event-stream");
    declared = length(headers);
    held = Buffer.buffer();
    if (status >= 400) {
      answer = Answer.ERROR;
    } else if (status >= 300) {
      fail("it answered with a redirect, which is not followed");
    } else if (type.startsWith("text/html") && Calls.inference(exchange.call())) {
      fail("it answered with a web page; is this a model server?");
    } else {
      if (Calls.inference(exchange.call())) {
        watch = new EndWatch(exchange.call(), streamed);
      }
      answer = streamed || declared > HELD_BYTES ? Answer.FLOWING : Answer.HELD;
    }
  }

  @Override
  public void onChunk(Buffer chunk) {
    if (translator == null || answer == Answer.ERROR) {
      take(chunk);
    } else {
      byte[] bytes = chunk.getBytes();
      take(Buffer.buffer(translator.feed(bytes, 0, bytes.length)));
    }
  }

  private void take(Buffer chunk) {
    if (chunk.length() == 0) {
      return;
    }
    switch (answer) {
      case AWAITED, OVER -> {}
      case ERROR -> hold(chunk);
      case HELD -> {
        feed(chunk);
        hold(chunk);
        if (answer == Answer.HELD && held().length() > HELD_BYTES) {
          answer = Answer.FLOWING;
          pass(held());
        }
      }
      case FLOWING -> {
        feed(chunk);
        if (mayStillBeReplaced(chunk)) {
          held().appendBuffer(chunk);
        } else {
          pass(held().length() == 0 || headSent ? chunk : held().appendBuffer(chunk));
        }
      }
    }
  }

  @Override
  public void onEnd() {
    if (translator != null && answer != Answer.ERROR) {
      take(Buffer.buffer(translator.finish()));
    }
    switch (answer) {
      case AWAITED, OVER -> {}
      case ERROR -> error();
      case HELD -> whole();
      case FLOWING -> ended();
    }
  }

  @Override
  public void onFailure(Failure failure) {
    if (answer == Answer.OVER) {
      return;
    }
    switch (failure) {
      case Failure.NotConnected not -> {
        exchange.gateway().fleet().unreachable(backend().name(), not.why());
        giveUp(not.why(), false, true);
      }
      case Failure.NoAnswer none when none.reused() -> {
        answer = Answer.OVER;
        backend().load().ignored();
        if (!exchange.tryAgain(index, true) && !exchange.sameAgain(index)) {
          tell(Refusals.noAnswer(backend(), none.why()));
        }
      }
      case Failure.NoAnswer none -> giveUp(none.why(), true, false);
      case Failure.Cut cut when headSent -> broken(cut.why());
      case Failure.Cut cut -> giveUp(cut.why(), true, false);
    }
  }

  /// A status of 400 and above: the backend's own words, without the paths of its disk.
  private void error() {
    boolean itsFault = status >= 500;
    boolean elsewhere = status == 404 || status == 502 || status == 503 || status == 504;
    if (elsewhere || itsFault) {
      done(itsFault);
      if (exchange.tryAgain(index, true)) {
        return;
      }
    } else {
      done(false);
    }
    BackendError error =
        translator == null
            ? BackendError.of(plan, status, headers(), held())
            : BackendError.translated(exchange.visit().route().dialect(), status, held());
    HeaderRules.toClient(headers(), response.headers());
    mark();
    Replies.whole(
        exchange.visit().request(), status, error.contentType(), Buffer.buffer(error.body()));
    exchange.finish(
        itsFault ? Outcome.BACKEND_FAILED : Outcome.ANSWERED,
        status,
        this,
        error.body().length,
        -1,
        Usage.UNKNOWN);
  }

  /// A held answer is complete: if it only looks whole, it is an error after all.
  private void whole() {
    switch (end()) {
      case End.Complete complete -> {
        done(false);
        if (exchange.alsoAt(index)) {
          return;
        }
        sendHead();
        response.putHeader("Content-Length", Integer.toString(held().length()));
        if (exchange.visit().request().method().name().equals("HEAD")) {
          response.end();
        } else {
          response.end(held());
        }
        exchange.finish(
            Outcome.ANSWERED, status, this, held().length(), firstByteNanos, complete.usage());
      }
      case End.NoTerminator _ -> fail("it ended the answer before it was complete");
      case End.LateError late -> fail(late.text());
    }
  }

  /// The frames are over.
  private void ended() {
    switch (end()) {
      case End.Complete complete -> {
        if (!headSent) {
          pass(held());
        }
        done(false);
        if (!response.ended()) {
          response.end();
        }
        exchange.finish(Outcome.ANSWERED, status, this, passed, firstByteNanos, complete.usage());
      }
      case End.LateError late when late.told() && headSent -> {
        // The backend said so itself, in a frame that the caller's client understands.
        done(true);
        response.end();
        exchange.finish(Outcome.BROKEN, status, this, passed, firstByteNanos, late.usage());
      }
      case End.NoTerminator _ -> broken("it ended the answer before it was complete");
      case End.LateError late -> broken(late.text());
    }
  }

  /// Frames before the first content (a role, an empty delta) wait for it: should the backend fail
  /// now, another candidate can still answer, and the caller never knows.
  private boolean mayStillBeReplaced(Buffer chunk) {
    return streamed
        && !headSent
        && watch != null
        && watch.start() != EndWatch.Start.CONTENT
        && held().length() + chunk.length() < HELD_BYTES;
  }

  private void pass(Buffer chunk) {
    if (!headSent) {
      sendHead();
      if (declared >= 0) {
        response.putHeader("Content-Length", Long.toString(declared));
      } else {
        response.setChunked(true);
      }
    }
    Buffer sent = Calls.inference(exchange.call()) ? chunk : masked(chunk);
    passed += sent.length();
    response.write(sent);
    if (response.writeQueueFull() && upstream != null) {
      UpstreamCall flowing = upstream;
      flowing.pause();
      response.drainHandler(_ -> flowing.resume());
    }
  }

  /// Progress of pull, push and create: their late errors may tell paths of the node's disk. An
  /// event comes in one piece, since the node writes it in one.
  private static Buffer masked(Buffer chunk) {
    String text = chunk.toString();
    return text.contains("\"error\"") ? Buffer.buffer(PathMask.mask(text)) : chunk;
  }

  private void sendHead() {
    headSent = true;
    response.setStatusCode(status);
    HeaderRules.toClient(headers(), response.headers());
    mark();
  }

  /// Says who answered and why, as far as the settings let callers know.
  private void mark() {
    exchange.gateway().mark(response, plan, candidate, exchange.settings());
  }

  private void hold(Buffer chunk) {
    held().appendBuffer(chunk);
    if (answer == Answer.ERROR && held().length() > HELD_BYTES) {
      fail("it answered " + status + " with more text than an error has");
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

  /// The backend answered, and not as a model server does.
  private void fail(String why) {
    cancel();
    if (headSent) {
      broken(why);
    } else {
      giveUp(why, true, false);
    }
  }

  /// No content yet: the next candidate, or an ordinary error.
  private void giveUp(String why, boolean sent, boolean unreachable) {
    done(true);
    if (exchange.tryAgain(index, sent)) {
      return;
    }
    Problem problem =
        unreachable
            ? Refusals.unreachable(exchange, plan, candidate, why)
            : Refusals.noAnswer(backend(), why);
    tell(problem);
  }

  private void tell(Problem problem) {
    mark();
    Replies.problem(exchange.visit().request(), exchange.visit().route().dialect(), problem);
    exchange.finish(Outcome.BACKEND_FAILED, problem.status(), this, 0, -1, Usage.UNKNOWN);
  }

  /// Content has been sent: an error frame in the caller's dialect, then the cut.
  private void broken(String why) {
    if (!headSent) {
      giveUp(why, true, false);
      return;
    }
    done(true);
    String text = "The answer broke off: " + why;
    if (streamed) {
      EndWatch watching = watch == null ? new EndWatch(exchange.call(), true) : watch;
      byte[] frame = ErrorFrame.render(exchange.call(), Problem.of(502, text), watching);
      passed += frame.length;
      response.write(Buffer.buffer(frame)).onComplete(_ -> cutLater());
    } else {
      var _ = exchange.visit().request().connection().close();
    }
    exchange.finish(Outcome.BROKEN, status, this, passed, firstByteNanos, end().usage());
  }

  /// Browsers throw away what they have not read yet when a connection breaks: the last frames and
  /// the error get a moment to be read.
  private void cutLater() {
    exchange
        .gateway()
        .vertx()
        .setTimer(READ_MILLIS, _ -> exchange.visit().request().connection().close());
  }

  private void done(boolean failed) {
    if (answer == Answer.OVER) {
      return;
    }
    answer = Answer.OVER;
    if (failed) {
      backend().load().failed();
    } else {
      backend().load().succeeded();
    }
  }

  private void cancel() {
    if (upstream != null) {
      upstream.cancel();
    }
  }

  private static long length(MultiMap headers) {
    String text = headers.get("Content-Length");
    try {
      return text == null ? -1 : Long.parseLong(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /// How the answer ended. Calls that ask no model have no end mark that we could miss.
  private End end() {
    return watch == null ? new End.Complete(Usage.UNKNOWN) : watch.finish();
  }

  private Buffer held() {
    if (held == null) {
      throw new IllegalStateException("no answer has begun");
    }
    return held;
  }

  private MultiMap headers() {
    if (headers == null) {
      throw new IllegalStateException("no answer has begun");
    }
    return headers;
  }
}
