package dev.corral;

import dev.corral.access.BindRule;
import dev.corral.api.PullPlan;
import dev.corral.blobs.OllamaFolder;
import dev.corral.blobs.Space;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.control.CallGroup;
import dev.corral.control.PlanCalls;
import dev.corral.control.PullTargets;
import dev.corral.fit.Fit;
import dev.corral.fit.Here;
import dev.corral.fleet.Backend;
import dev.corral.fleet.Fleet;
import dev.corral.hub.Answered;
import dev.corral.hub.Depth;
import dev.corral.hub.Header;
import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.ModelName;
import dev.corral.ollama.Management;
import dev.corral.outbound.Leash;
import dev.corral.pull.Pull;
import dev.corral.pull.PullState;
import dev.corral.pull.Pulls;
import dev.corral.registry.Fetched;
import dev.corral.registry.Trouble;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a pull would do: bytes to fetch, the disk before and after, whether the model would fit,
/// and how long it may take.
final class PullPlanning implements PlanCalls.Planner {
  private static final System.Logger LOG = System.getLogger(PullPlanning.class.getName());

  /// Pulls that took less say nothing about the line.
  private static final Duration TELLING = Duration.ofSeconds(2);

  /// A registry that has not said what a model consists of by then is not waited for.
  private static final Duration REGISTRY = Duration.ofSeconds(10);

  private final Store store;
  private final Downloads downloads;
  private final Fleet fleet;
  private final Management management;
  private final Here here;
  private final Function<String, Optional<OllamaFolder>> folders;

  /// @param folders of nodes on this machine, by their names
  PullPlanning(
      OwnBackend own,
      Fleet fleet,
      Management management,
      Here here,
      Function<String, Optional<OllamaFolder>> folders) {
    this.folders = folders;
    this.store = own.store();
    this.downloads = own.downloads();
    this.fleet = fleet;
    this.management = management;
    this.here = here;
  }

  CallGroup calls(Supplier<Settings> settings, Configured configured) {
    return new PlanCalls(
        this, new PullTargets(fleet::snapshot), () -> configured.models(settings.get()));
  }

  @Override
  public List<PullPlan> plan(ModelName name, List<String> targets, String why) {
    Fetched fetched = manifest(name);
    List<Optional<Backend>> nodes = targets.stream().map(this::node).toList();
    boolean fits =
        fetched instanceof Fetched.Found
            && nodes.stream().anyMatch(node -> node.map(PullPlanning::here).orElse(true));
    Optional<Fit> fit = fits ? fit(name) : Optional.empty();
    return targets.stream().map(target -> plan(name, target, why, fetched, fit)).toList();
  }

  private Optional<Backend> node(String target) {
    return target.equals(Pulls.OWN) ? Optional.empty() : fleet.snapshot().named(target);
  }

  private PullPlan plan(
      ModelName name, String target, String why, Fetched fetched, Optional<Fit> fitHere) {
    Optional<Backend> node = node(target);
    Optional<String> there = node.isPresent() ? at(node.get(), name) : own(name);
    long total = 0;
    long missing = 0;
    @Nullable Boolean current = null;
    if (fetched instanceof Fetched.Found found) {
      Predicate<Digest> has = node.isPresent() ? holding(node.get()) : store::hasBlob;
      total = found.manifest().size();
      missing =
          found.manifest().blobs().stream()
              .distinct()
              .filter(layer -> !has.test(layer.digest()))
              .mapToLong(Layer::size)
              .sum();
      current = there.isPresent() ? there.get().equals(found.digest().hex()) : null;
    }
    @Nullable Trouble trouble = fetched instanceof Trouble no ? no : null;
    Optional<Fit> fit = fitHere.filter(_ -> node.map(PullPlanning::here).orElse(true));
    @Nullable Long free = node.isEmpty() ? free() : freeAt(target);
    return new PullPlan(
        name.shortName(),
        target,
        why,
        there.isPresent(),
        current,
        trouble != null && trouble.kind() == Trouble.Kind.MISSING,
        trouble != null && trouble.denied(),
        total,
        missing,
        free,
        free == null ? null : free - missing,
        fit.map(one -> one.verdict().word()).orElse(""),
        fit.map(Fit::reason).orElse(""),
        fit.map(Fit::missingBytes).orElse(0L),
        seconds(missing),
        trouble == null ? "" : trouble.text(),
        trouble == null ? fit.map(Fit::next).orElse("") : trouble.next());
  }

  /// Of another machine's memory we know nothing.
  private static boolean here(Backend node) {
    return BindRule.loopback(node.target().host());
  }

  /// The digest of what the name means there.
  private static Optional<String> at(Backend node, ModelName name) {
    return node.find(name.shortName()).map(model -> model.digest());
  }

  private Optional<String> own(ModelName name) {
    try {
      return store.find(name).filter(model -> model.missing().isEmpty()).map(m -> m.digest().hex());
    } catch (StoreFailure e) {
      return Optional.empty();
    }
  }

  private Fetched manifest(ModelName name) {
    Leash leash = new Leash();
    return inTime(() -> downloads.pulls().open(name, leash).manifest(), leash, REGISTRY);
  }

  /// What a registry answers, or that it does not in time: whatever happens to the question.
  static Fetched inTime(Supplier<Fetched> question, Leash leash, Duration atMost) {
    Trouble late =
        new Trouble(
            Trouble.Kind.AWAY,
            "the registry does not answer within " + atMost.toSeconds() + " seconds",
            "Try again later; a pull itself is more patient.");
    try {
      return CompletableFuture.supplyAsync(
              question, task -> Thread.ofVirtual().name("plan manifest").start(task))
          .completeOnTimeout(late, atMost.toMillis(), TimeUnit.MILLISECONDS)
          .exceptionally(e -> {
            LOG.log(System.Logger.Level.ERROR, "A manifest could not be asked for", e);
            return new Trouble(
                Trouble.Kind.WRONG,
                "Corral made a mistake with what the registry answered",
                "See: corral logs");
          })
          .join();
    } finally {
      leash.cut();
    }
  }

  private Predicate<Digest> holding(Backend node) {
    return digest ->
        management.hasBlob(node.target(), digest) instanceof Management.Reply.Told told
            && told.good();
  }

  private @Nullable Long free() {
    try {
      Space space = store.space();
      return space.usable();
    } catch (StoreFailure e) {
      return null;
    }
  }

  /// Ollama keeps no reserve; of another machine's disk we know nothing.
  private @Nullable Long freeAt(String target) {
    OptionalLong free =
        folders.apply(target).map(OllamaFolder::freeBytes).orElse(OptionalLong.empty());
    return free.isPresent() ? free.getAsLong() : null;
  }

  private Optional<Fit> fit(ModelName name) {
    return downloads.hubs().headers().of(name, Depth.GLANCE) instanceof Answered.Got<Header> got
        ? Optional.of(here.of(name.shortName(), got.value().loaded()))
        : Optional.empty();
  }

  private @Nullable Long seconds(long bytes) {
    long fetched = 0;
    long millis = 0;
    for (Pull pull : downloads.pulls().all()) {
      if (pull.state() == PullState.DONE && pull.endedAt() != null) {
        Duration took = Duration.between(pull.startedAt(), pull.endedAt());
        if (took.compareTo(TELLING) > 0) {
          fetched += pull.bytesTotal();
          millis += took.toMillis();
        }
      }
    }
    return fetched == 0 || bytes == 0 ? null : Math.round((double) bytes / fetched * millis / 1000);
  }
}
