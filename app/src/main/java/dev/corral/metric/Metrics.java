package dev.corral.metric;

import dev.corral.exchange.ExchangeEvent;
import dev.corral.exchange.ExchangeEvent.Outcome;
import dev.corral.fleet.Backend;
import dev.corral.fleet.FleetSnapshot;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/// Counts exchanges as they end and shows the counts, with the state of the backends, as Prometheus
/// text. Counting is for the hot path: it allocates nothing, waits for nobody and takes well under
/// a microsecond.
///
/// Labels are bounded. A model becomes a label of its own only by an answer that succeeded, so that
/// callers cannot use up the labels with names that nobody has.
public final class Metrics implements Consumer<ExchangeEvent> {
  private static final int MOST_MODELS = 50;
  private static final int MOST_BACKENDS = 50;

  /// More than there are routes.
  private static final int MOST_ROUTES = 100;

  private static final double NANO = 1e-9;
  private static final double MILLI = 1e-3;

  private final Labelled<LongAdder[]> routes = new Labelled<>(MOST_ROUTES, Codes::counters);
  private final Labelled<ModelCounts> models = new Labelled<>(MOST_MODELS, ModelCounts::new);
  private final Labelled<Map<Outcome, LongAdder>> backends =
      new Labelled<>(MOST_BACKENDS, Metrics::byOutcome);
  private final Map<Outcome, LongAdder> outcomes = byOutcome();

  // From a cache hit to a model that first has to be read from a slow disk.
  private final Histogram firstByte =
      new Histogram(NANO, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300);
  private final Histogram whole =
      new Histogram(NANO, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300);
  // From a large model on a CPU to a small one on a fast GPU.
  private final Histogram speed =
      new Histogram(MILLI, 1, 2, 5, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1000);

  private static final class ModelCounts {
    final LongAdder requests = new LongAdder();
    final LongAdder promptTokens = new LongAdder();
    final LongAdder answerTokens = new LongAdder();
  }

  /// Every outcome has its counter from the beginning; only the counters change.
  private static Map<Outcome, LongAdder> byOutcome() {
    Map<Outcome, LongAdder> counters = new EnumMap<>(Outcome.class);
    for (Outcome outcome : Outcome.values()) {
      counters.put(outcome, new LongAdder());
    }
    return counters;
  }

  private static void count(Map<Outcome, LongAdder> counters, Outcome outcome) {
    LongAdder counter = counters.get(outcome);
    if (counter != null) {
      counter.increment();
    }
  }

  @Override
  public void accept(ExchangeEvent event) {
    routes.find(event.route(), true)[Codes.of(event)].increment();
    count(outcomes, event.outcome());
    if (event.firstByteNanos() >= 0) {
      firstByte.add(event.firstByteNanos());
    }
    if (event.outcome() == Outcome.ANSWERED) {
      whole.add(event.totalNanos());
    }
    double tokensPerSecond = event.tokensPerSecond();
    if (tokensPerSecond > 0) {
      speed.add((long) (tokensPerSecond / MILLI));
    }
    if (!event.backend().isEmpty()) {
      count(backends.find(event.backend(), true), event.outcome());
    }
    if (!event.model().isEmpty()) {
      count(models.find(event.model(), event.status() < 400), event);
    }
  }

  private static void count(ModelCounts model, ExchangeEvent event) {
    model.requests.increment();
    if (event.promptTokens() > 0) {
      model.promptTokens.add(event.promptTokens());
    }
    if (event.answerTokens() > 0) {
      model.answerTokens.add(event.answerTokens());
    }
  }

  /// Everything as one text, `text/plain; version=0.0.4`.
  public String render(FleetSnapshot fleet, Gauges gauges) {
    Text text = new Text();
    exchanges(text);
    tokens(text);
    fleet(text, fleet);
    now(text, gauges);
    ProcessMemory.render(text);
    return text.toString();
  }

  private void exchanges(Text text) {
    text.family(
        "corral_requests_total",
        "counter",
        "Exchanges that ended, by route and by class of status, or broken, or client-left.");
    routes.each((route, counts) -> {
      for (int code = 0; code < counts.length; code++) {
        if (counts[code].sum() > 0) {
          text.sample(
              "corral_requests_total",
              counts[code].sum(),
              "route",
              route,
              "code",
              Codes.word(code));
        }
      }
    });
    text.family(
        "corral_exchange_outcomes_total",
        "counter",
        "Exchanges that ended, by how: a client that left is nobody's failure.");
    outcomes.forEach((outcome, counter) ->
        text.sample("corral_exchange_outcomes_total", counter.sum(), "outcome", outcome.word()));
    text.family(
        "corral_first_byte_seconds",
        "histogram",
        "From the end of the request's body to the first content.");
    firstByte.render(text, "corral_first_byte_seconds");
    text.family(
        "corral_exchange_seconds",
        "histogram",
        "From the request's head to the end of the answer, for exchanges that were answered.");
    whole.render(text, "corral_exchange_seconds");
  }

  private void tokens(Text text) {
    long[] sums = new long[2];
    models.each((_, counts) -> {
      sums[0] += counts.promptTokens.sum();
      sums[1] += counts.answerTokens.sum();
    });
    text.family(
        "corral_tokens_total", "counter", "Tokens read (prompt) and written (answer), all models.");
    text.sample("corral_tokens_total", sums[0], "direction", "prompt");
    text.sample("corral_tokens_total", sums[1], "direction", "answer");
    text.family("corral_tokens_per_second", "histogram", "Speed of answers.");
    speed.render(text, "corral_tokens_per_second");
    text.family("corral_model_requests_total", "counter", "Exchanges by the model that answered.");
    models.each((model, counts) ->
        text.sample("corral_model_requests_total", counts.requests.sum(), "model", model));
    text.family("corral_model_tokens_total", "counter", "Tokens by model and direction.");
    models.each((model, counts) -> {
      text.sample(
          "corral_model_tokens_total",
          counts.promptTokens.sum(),
          "model",
          model,
          "direction",
          "prompt");
      text.sample(
          "corral_model_tokens_total",
          counts.answerTokens.sum(),
          "model",
          model,
          "direction",
          "answer");
    });
  }

  private void fleet(Text text, FleetSnapshot fleet) {
    text.family(
        "corral_backend_exchanges_total", "counter", "Exchanges by backend and by how they ended.");
    backends.each((backend, counts) ->
        counts.forEach((outcome, counter) -> exchanges(text, backend, outcome, counter)));
    text.family("corral_backend_up", "gauge", "1 where the backend answered when last looked at.");
    for (Backend backend : fleet.backends()) {
      boolean up = backend.state() == Backend.State.UP;
      text.sample("corral_backend_up", up ? 1 : 0, "backend", backend.name());
    }
    text.family("corral_backend_draining", "gauge", "1 where the backend takes nothing new.");
    for (Backend backend : fleet.backends()) {
      text.sample("corral_backend_draining", backend.draining() ? 1 : 0, "backend", backend.name());
    }
    text.family("corral_backend_in_flight", "gauge", "Exchanges at the backend now.");
    for (Backend backend : fleet.backends()) {
      text.sample("corral_backend_in_flight", backend.load().inFlight(), "backend", backend.name());
    }
    text.family("corral_backend_loaded_models", "gauge", "Models in the backend's memory.");
    for (Backend backend : fleet.backends()) {
      text.sample(
          "corral_backend_loaded_models", backend.loaded().size(), "backend", backend.name());
    }
  }

  private static void exchanges(Text text, String backend, Outcome outcome, LongAdder counter) {
    if (counter.sum() > 0) {
      text.sample(
          "corral_backend_exchanges_total",
          counter.sum(),
          "backend",
          backend,
          "outcome",
          outcome.word());
    }
  }

  private static void now(Text text, Gauges gauges) {
    text.single("corral_open_exchanges", "gauge", "Exchanges in flight.", gauges.open());
    text.single(
        "corral_waiting_exchanges",
        "gauge",
        "Exchanges that wait for a place (limits.concurrent).",
        gauges.waiting());
    text.single(
        "corral_held_body_bytes",
        "gauge",
        "Request bodies held now, over all callers (limits.bodies).",
        gauges.heldBytes());
    text.single(
        "corral_log_entries_lost_total",
        "counter",
        "Log entries that could not be written.",
        gauges.lostLogEntries());
    text.single(
        "corral_uptime_seconds", "gauge", "Since the start.", gauges.uptime().toMillis() * MILLI);
    text.family("corral_build_info", "gauge", "Which version this is.");
    text.sample("corral_build_info", 1, "version", gauges.version());
  }
}
