package dev.corral.gateway;

import dev.corral.dialect.Call;
import dev.corral.dialect.ErrorBody;
import dev.corral.dialect.Peek;
import dev.corral.dialect.Peeked;
import dev.corral.dialect.Usage;
import dev.corral.door.Replies;
import dev.corral.door.Visit;
import dev.corral.exchange.ExchangeEvent;
import dev.corral.exchange.ExchangeEvent.Outcome;
import dev.corral.fleet.FleetSnapshot;
import dev.corral.limit.Turnstile;
import dev.corral.route.Asked;
import dev.corral.route.Decision;
import dev.corral.route.Plan;
import dev.corral.route.Refusal;
import dev.corral.route.Router;
import dev.corral.wire.Problem;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One request that names a model, from its head to the end of its answer. Belongs to the event
/// loop of the client's connection; nothing here blocks or is shared.
///
/// 1. Admit by size. 2. Read the body, looking for the few things that routing needs. 3. Plan.
/// 4. Wait for a place. 5. Try candidates: at most one further try, only for inference, only before
///    the first content. 6. Pass the answer on. 7. Tell what happened, once.
///
/// A client that leaves ends the exchange in any step, and is nobody's failure.
final class Exchange {
  private static final System.Logger LOG = System.getLogger(Exchange.class.getName());

  private final Gateway gateway;
  private final GatewaySettings settings;
  private final Visit visit;
  private final Call call;
  private final HttpServerRequest request;
  private final Body body;
  private final Peek peek;
  private Peeked.@Nullable Body peeked;
  private @Nullable Plan plan;
  private @Nullable Attempt attempt;
  private Turnstile.@Nullable Ticket ticket;
  private boolean inside;
  private boolean over;
  private boolean retried;
  private int attempts;
  private long readyNanos;

  Exchange(Gateway gateway, Visit visit, Call call) {
    this.gateway = gateway;
    this.settings = gateway.settings();
    this.visit = visit;
    this.call = call;
    this.request = visit.request();
    this.body = new Body(gateway.bodies());
    this.peek = new Peek(call);
  }

  void begin() {
    try {
      open();
    } catch (RuntimeException | Error fault) {
      mistake(fault);
    }
  }

  private void open() {
    HttpServerResponse response = request.response();
    response.closeHandler(_ -> left());
    response.exceptionHandler(_ -> left());
    request.exceptionHandler(_ -> left());
    if (HeaderRules.length(request.headers()) > settings.bodyBytes()) {
      refuse(tooLarge());
      return;
    }
    if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
      response.writeContinue();
    }
    gateway.reading(this);
    request.handler(this::take).endHandler(_ -> taken());
  }

  private void take(Buffer chunk) {
    if (over) {
      return;
    }
    try {
      hold(chunk);
    } catch (RuntimeException | Error fault) {
      mistake(fault);
    }
  }

  private void hold(Buffer chunk) {
    if (body.length() + chunk.length() > settings.bodyBytes()) {
      refuse(tooLarge());
    } else if (!body.add(chunk)) {
      refuse(
          Problem.of(
                  503, "This server holds as many request bodies as it may", "Try again shortly.")
              .retryAfter(1));
    } else {
      peek.feed(chunk.getByteBuf().nioBuffer());
    }
  }

  private void taken() {
    if (over) {
      return;
    }
    try {
      read();
    } catch (RuntimeException | Error fault) {
      mistake(fault);
    }
  }

  private void read() {
    gateway.read(this);
    readyNanos = System.nanoTime();
    switch (peek.finish()) {
      case Peeked.Bad bad -> unread(bad.text());
      case Peeked.Body looked -> {
        peeked = looked;
        if (Guarded.concerns(call)) {
          guard(looked);
        } else {
          choose(looked);
        }
      }
    }
  }

  /// What removes or replaces a model is judged first. That may ask the database, so not here.
  private void guard(Peeked.Body looked) {
    Context loop = gateway.vertx().getOrCreateContext();
    Thread.ofVirtual()
        .name("guard")
        .start(() -> {
          Optional<Problem> no = judged(looked);
          loop.runOnContext(_ -> judged(looked, no));
        });
  }

  private void judged(Peeked.Body looked, Optional<Problem> no) {
    if (over) {
      return;
    }
    try {
      no.ifPresentOrElse(this::refuse, () -> choose(looked));
    } catch (RuntimeException | Error fault) {
      mistake(fault);
    }
  }

  private Optional<Problem> judged(Peeked.Body looked) {
    try {
      return Guarded.refusal(call, looked, gateway.fleet()::holdsNow, settings);
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.WARNING, "nobody can tell what is protected", e);
      return Optional.of(
          Problem.of(
              503, "It cannot be told now whether this model is protected", "See: corral logs"));
    }
  }

  private void choose(Peeked.Body looked) {
    switch (decide(looked)) {
      // Ollama finds a missing name of this call while it reads the body, and says so from there.
      case Refusal no when no.kind() == Refusal.Kind.NO_NAME && call == Call.V1_MESSAGES ->
          unread(Refusals.problem(call, no).message());
      case Refusal no -> refuse(Refusals.problem(call, no));
      case Plan yes -> {
        plan = yes;
        if (Calls.inference(call)) {
          gateway.asks(this, yes.model());
        }
        queue();
      }
    }
  }

  private Decision decide(Peeked.Body looked) {
    FleetSnapshot fleet = gateway.fleet().snapshot();
    return switch (call) {
      case PULL, PUSH, CREATE, COPY, DELETE ->
          Errands.plan(looked, fleet, settings.mayLeaveFor(), settings.anchored()::keeps);
      default ->
          Router.plan(
              new Asked(looked.target(), Calls.openaiCan(call)), fleet, settings.assignments());
    };
  }

  private void queue() {
    Context loop = gateway.vertx().getOrCreateContext();
    switch (gateway.turnstile().enter(() -> loop.runOnContext(_ -> go()))) {
      case Turnstile.Entry.Inside _ -> go();
      case Turnstile.Entry.Queued queued -> ticket = queued.ticket();
      case Turnstile.Entry.Full full ->
          refuse(
              Problem.of(
                      429,
                      full.most() + " requests are being answered and " + full.queue() + " wait",
                      "Try again shortly.")
                  .retryAfter(1));
    }
  }

  private void go() {
    ticket = null;
    inside = true;
    if (over) {
      leavePlace();
      return;
    }
    try {
      attempt(0);
    } catch (RuntimeException | Error fault) {
      mistake(fault);
    }
  }

  private void attempt(int candidate) {
    Plan chosen = plan();
    attempts++;
    attempt = new Attempt(this, chosen, chosen.candidates().get(candidate), candidate);
    attempt.begin();
  }

  /// An attempt failed before any content. The rules of trying again, one early return each.
  ///
  /// @param sent true where the backend had the request: only one such further try is made. A
  ///   connection that never came about costs nothing, so all candidates may be knocked at.
  /// @return false where this failure is the client's answer
  boolean tryAgain(int failed, boolean sent) {
    if (over || !Calls.inference(call)) {
      return false;
    }
    if (sent && retried) {
      return false;
    }
    if (failed + 1 >= plan().candidates().size()) {
      return false;
    }
    retried |= sent;
    attempt(failed + 1);
    return true;
  }

  /// The connection that a backend closed while we were taking it from the pool: the same backend
  /// gets the request once more, on a new connection.
  boolean sameAgain(int candidate) {
    if (over || !Calls.reads(call) || retried) {
      return false;
    }
    retried = true;
    attempt(candidate);
    return true;
  }

  /// A call that concerns every holder of a model did its work at one: on to the next.
  ///
  /// @return false where that was the last one
  boolean alsoAt(int finished) {
    boolean everywhere = call == Call.COPY || call == Call.DELETE;
    if (over || !everywhere || finished + 1 >= plan().candidates().size()) {
      return false;
    }
    attempt(finished + 1);
    return true;
  }

  void refuse(Problem problem) {
    if (over) {
      return;
    }
    Replies.problem(request, visit.dialect(), problem);
    finish(Outcome.REFUSED, problem.status(), null, 0, -1, Usage.UNKNOWN);
  }

  /// The body is not what the call takes. Not forwarded: what we cannot read, nobody shall judge.
  private void unread(String text) {
    ErrorBody body = ErrorBody.unread(visit.dialect(), text);
    Replies.whole(request, 400, body.contentType(), Buffer.buffer(body.bytes()));
    finish(Outcome.REFUSED, 400, null, body.bytes().length, -1, Usage.UNKNOWN);
  }

  /// The last word on an exchange, from wherever it ended.
  void finish(
      Outcome outcome,
      int status,
      @Nullable Attempt by,
      long responseBytes,
      long firstByteNanos,
      Usage usage) {
    if (over) {
      return;
    }
    over = true;
    gateway.read(this);
    gateway.asksNoMore(this);
    body.release();
    leavePlace();
    Plan chosen = plan;
    if (by != null && Calls.changes(call)) {
      gateway.fleet().look(by.backend().name());
    }
    gateway.tell(
        new ExchangeEvent(
            visit.id(),
            Instant.now(),
            visit.route().name(),
            visit.caller(),
            chosen == null ? "" : chosen.asked(),
            by == null || chosen == null ? "" : chosen.model(),
            by == null ? "" : by.backend().name(),
            status,
            outcome,
            attempts,
            by != null && by.streamed(),
            body.length(),
            responseBytes,
            firstByteNanos < 0 ? -1 : firstByteNanos - readyNanos,
            System.nanoTime() - visit.startedNanos(),
            usage.promptTokens(),
            usage.answerTokens(),
            usage.estimated(),
            usage.decodeNanos()));
  }

  /// The client's connection is gone.
  private void left() {
    if (over) {
      return;
    }
    Attempt running = attempt;
    Turnstile.Ticket waiting = ticket;
    if (waiting != null && !waiting.giveUp()) {
      // The turn has come in this very moment: go() finds the exchange over and leaves the place.
      ticket = null;
    }
    if (running != null) {
      running.abandon();
    }
    finish(Outcome.CLIENT_LEFT, 499, running, 0, -1, Usage.UNKNOWN);
  }

  /// A fault of ours in any step: nobody is left waiting, and the backend is not to blame.
  void mistake(Throwable fault) {
    Attempt running = attempt;
    if (!over && running != null) {
      running.abandon();
    }
    boolean told = request.response().headWritten();
    try {
      visit.mistake(fault);
    } finally {
      finish(told ? Outcome.BROKEN : Outcome.REFUSED, 500, null, 0, -1, Usage.UNKNOWN);
    }
  }

  /// Too little of the body came in too long a time.
  void tooSlow() {
    refuse(
        Problem.of(
            408,
            "The request's body came too slowly",
            "Send it without pauses of more than half a minute."));
  }

  private void leavePlace() {
    if (inside) {
      inside = false;
      gateway.turnstile().leave();
    }
  }

  private Problem tooLarge() {
    return Problem.of(
        413,
        "The request's body is larger than "
            + (settings.bodyBytes() >> 20)
            + " MiB, which is the most this server takes",
        "Send less, or raise 'limits.body' in corral.yaml.");
  }

  Visit visit() {
    return visit;
  }

  Call call() {
    return call;
  }

  Body body() {
    return body;
  }

  Gateway gateway() {
    return gateway;
  }

  GatewaySettings settings() {
    return settings;
  }

  long bodyLength() {
    return body.length();
  }

  Peeked.Body peeked() {
    if (peeked == null) {
      throw new IllegalStateException("the body has not been read");
    }
    return peeked;
  }

  private Plan plan() {
    if (plan == null) {
      throw new IllegalStateException("nothing has been planned");
    }
    return plan;
  }
}
