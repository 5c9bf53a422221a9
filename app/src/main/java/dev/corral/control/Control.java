package dev.corral.control;

import dev.corral.access.Route;
import dev.corral.door.Visit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// The control plane: visitors for the page, the probes, the metrics and all of `/manage`.
public final class Control {
  private final Parts parts;
  private final List<CallGroup> groups;
  private final Feed feed = new Feed();

  /// From now on the feed of events follows the journal.
  ///
  /// @param groups calls that bring their own parts
  public Control(Parts parts, List<CallGroup> groups) {
    this.parts = parts;
    this.groups = List.copyOf(groups);
    parts.journal().follow(feed::take);
    parts.pulls().follow(feed::take);
  }

  /// One visitor for each route of the control plane.
  public Map<Route, Visit.Visitor> visitors() {
    State state = new State(parts);
    BackendCalls backends = new BackendCalls(parts);
    KeyCalls keys = new KeyCalls(parts.keys(), parts.clock());
    PullCalls pulls = new PullCalls(parts.pulls(), new PullTargets(parts.fleet()::snapshot));
    Page page = new Page();
    Probes probes = new Probes(parts);
    Map<Route, Visit.Visitor> visitors = new EnumMap<>(Route.class);
    visitors.put(Route.ROOT, page::root);
    visitors.put(Route.ASSET, page::asset);
    visitors.put(Route.HEALTH_LIVE, probes::live);
    visitors.put(Route.HEALTH_READY, Calls.calling(probes::ready));
    visitors.put(Route.HEALTH_STARTED, probes::started);
    visitors.put(Route.METRICS, Calls.calling(probes::metrics));
    visitors.put(Route.M_STATUS, Calls.calling(state::status));
    visitors.put(Route.M_SESSION, Calls.calling(state::session));
    visitors.put(Route.M_SETTINGS, Calls.calling(state::settings));
    visitors.put(Route.M_EXPLAIN, Calls.calling(state::explain));
    visitors.put(Route.M_REQUESTS, Calls.calling(state::requests));
    visitors.put(Route.M_RUNNER_LOG, Calls.calling(state::runnerLog));
    visitors.put(Route.M_OPENAPI, Calls.calling(OpenApi::answer));
    visitors.put(Route.M_BACKENDS, Calls.calling(backends::all));
    visitors.put(Route.M_BACKEND, Calls.calling(backends::remove));
    visitors.put(Route.M_BACKEND_DRAIN, Calls.calling(backends::drain));
    visitors.put(Route.M_BACKEND_TEST, Calls.calling(backends::test));
    visitors.put(Route.M_PULLS, Calls.calling(pulls::all));
    visitors.put(Route.M_PULL, Calls.calling(pulls::one));
    visitors.put(Route.M_PULL_PAUSE, Calls.calling(pulls::pause));
    visitors.put(Route.M_PULL_RESUME, Calls.calling(pulls::resume));
    visitors.put(Route.M_PULL_APPROVE, Calls.calling(pulls::approve));
    visitors.put(Route.M_KEYS, Calls.calling(keys::all));
    visitors.put(Route.M_KEY, Calls.calling(keys::revoke));
    visitors.put(Route.M_EVENTS, new EventStream(feed, parts)::visit);
    groups.forEach(group -> visitors.putAll(group.visitors()));
    return visitors;
  }
}
