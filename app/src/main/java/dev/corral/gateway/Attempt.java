package dev.corral.gateway;

import dev.corral.dialect.Call;
import dev.corral.dialect.Translation;
import dev.corral.dialect.Translator;
import dev.corral.dialect.Usage;
import dev.corral.door.Replies;
import dev.corral.door.Visit;
import dev.corral.exchange.ExchangeEvent.Outcome;
import dev.corral.fleet.Backend;
import dev.corral.route.Plan;
import dev.corral.upstream.Failure;
import dev.corral.upstream.Payload;
import dev.corral.upstream.Target;
import dev.corral.upstream.Upstream;
import dev.corral.upstream.UpstreamCall;
import dev.corral.wire.Problem;
import dev.corral.wire.Tenant;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One try at one candidate: asks it in its own dialect, counts how it did, and hands over to the
/// next candidate while nothing has been told. What it answers goes to the client by a `Passage`.
final class Attempt implements UpstreamCall.Listener {
  private final Exchange exchange;
  private final Plan plan;
  private final Plan.Candidate candidate;
  private final int index;
  private @Nullable UpstreamCall upstream;
  private @Nullable Translator translator;

  /// From the head of the answer on.
  private @Nullable Passage passage;

  private boolean over;

  Attempt(Exchange exchange, Plan plan, Plan.Candidate candidate, int index) {
    this.exchange = exchange;
    this.plan = plan;
    this.candidate = candidate;
    this.index = index;
  }

  Backend backend() {
    return candidate.backend();
  }

  boolean streamed() {
    return passage != null && passage.streamed();
  }

  /// True once the outcome has been counted: whatever still comes is dropped.
  boolean over() {
    return over;
  }

  void begin() {
    backend().load().begin();
    if (job()) {
      ask(Target.inside(Gateway.PULLS), "/api/pull?on=" + backend().name(), payload());
    } else if (backend().ollama()) {
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
        ignored();
        exchange.refuse(no.problem());
      }
    }
  }

  /// The answer is known without asking.
  private void answered(byte[] body) {
    done(false);
    mark(exchange.visit().request().response());
    Replies.whole(
        exchange.visit().request(), 200, "application/json; charset=utf-8", Buffer.buffer(body));
    exchange.finish(Outcome.ANSWERED, 200, this, body.length, -1, Usage.UNKNOWN);
  }

  /// A pull on a node is a job of ours, which goes on when its caller leaves.
  private boolean job() {
    return exchange.call() == Call.PULL
        && !backend().target().isInside()
        && exchange.gateway().upstream().serves(Gateway.PULLS);
  }

  private void ask(String path, Payload payload) {
    ask(backend().target(), path, payload);
  }

  private void ask(Target target, String path, Payload payload) {
    Upstream to = exchange.gateway().upstream();
    String method = exchange.visit().request().method().name();
    upstream =
        Calls.reads(exchange.call())
            ? to.call(target, method, path, this::headers, payload, this)
            : to.callAnew(target, method, path, this::headers, payload, this);
  }

  private void headers(MultiMap to) {
    Visit visit = exchange.visit();
    HeaderRules.toBackend(visit.request().headers(), to, exchange.gateway().instance());
    if (backend().target().isInside() || job()) {
      to.set(Tenant.HEADER, visit.caller());
    }
  }

  /// The client left: the backend stops at once, and nobody counts it as its failure.
  void abandon() {
    if (!over) {
      ignored();
      cancel();
    }
  }

  @Override
  public void onHead(int status, MultiMap headers) {
    if (backend().state() == Backend.State.DOWN) {
      exchange.gateway().fleet().answered(backend().name());
    }
    passage = new Passage(exchange, this, status, headers, translator);
    passage.begin();
  }

  @Override
  public void onChunk(Buffer chunk) {
    if (passage != null) {
      passage.chunk(chunk);
    }
  }

  @Override
  public void onEnd() {
    if (passage != null) {
      passage.end();
    }
  }

  @Override
  public void onFailure(Failure failure) {
    if (over) {
      return;
    }
    switch (failure) {
      case Failure.NotConnected not -> {
        exchange.gateway().fleet().unreachable(backend().name(), not.why());
        giveUp(not.why(), false, true);
      }
      case Failure.NotSent not -> {
        ignored();
        exchange.refuse(Refusals.notSent(not.why()));
      }
      case Failure.NoAnswer none when none.reused() -> {
        ignored();
        if (!exchange.tryAgain(index, true) && !exchange.sameAgain(index)) {
          tell(Refusals.noAnswer(backend(), none.why()));
        }
      }
      case Failure.NoAnswer none -> giveUp(none.why());
      case Failure.Cut cut when passage != null -> passage.broken(cut.why());
      case Failure.Cut cut -> giveUp(cut.why());
    }
  }

  @Override
  public void onMistake(Throwable mistake) {
    exchange.mistake(mistake);
  }

  /// The backend had the request and did not answer as a model server does, and the client has seen
  /// nothing of it: the next candidate, or an ordinary error.
  void giveUp(String why) {
    giveUp(why, true, false);
  }

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
    mark(exchange.visit().request().response());
    Replies.problem(exchange.visit().request(), exchange.visit().dialect(), problem);
    exchange.finish(Outcome.BACKEND_FAILED, problem.status(), this, 0, -1, Usage.UNKNOWN);
  }

  /// It answered with a status of 400 and above: another candidate may know better, else its own
  /// words are the client's answer, without the paths of its disk.
  void refused(int status, MultiMap headers, Buffer told) {
    boolean itsFault = status >= 500;
    done(itsFault);
    if ((itsFault || status == 404) && exchange.tryAgain(index, true)) {
      return;
    }
    BackendError error =
        translator == null
            ? BackendError.of(exchange.call(), plan, backend(), status, headers, told)
            : BackendError.translated(exchange.visit().dialect(), status, told);
    HttpServerResponse response = exchange.visit().request().response();
    HeaderRules.toClient(headers, response.headers());
    mark(response);
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

  /// This backend did its part of a call that concerns every holder of the model: on to the next.
  ///
  /// @return false where that was the last one
  boolean alsoAtNext() {
    return exchange.alsoAt(index);
  }

  /// Says who answered and why, as far as the settings let callers know.
  void mark(HttpServerResponse response) {
    exchange.gateway().mark(response, plan, candidate, exchange.settings());
  }

  /// Counts the outcome for the backend, once.
  void done(boolean failed) {
    if (over) {
      return;
    }
    over = true;
    if (failed) {
      backend().load().failed();
    } else {
      backend().load().succeeded();
    }
  }

  private void ignored() {
    over = true;
    backend().load().ignored();
  }

  void cancel() {
    if (upstream != null) {
      upstream.cancel();
    }
  }

  /// The client reads slower than the backend writes.
  void pauseUntilDrained(HttpServerResponse response) {
    UpstreamCall flowing = upstream;
    if (flowing != null) {
      flowing.pause();
      response.drainHandler(_ -> flowing.resume());
    }
  }
}
