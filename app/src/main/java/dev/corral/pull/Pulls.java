package dev.corral.pull;

import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.db.Database;
import dev.corral.model.ModelName;
import dev.corral.outbound.Leash;
import dev.corral.pull.Command.What;
import dev.corral.pull.Pull.Problem;
import dev.corral.registry.Remote;
import dev.corral.revision.Anchors;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// All jobs. One virtual thread owns them and takes commands; everybody may look at snapshots. Jobs
/// outlive whoever asked for them, and a restart.
public final class Pulls implements AutoCloseable {
  /// The target that is our own store.
  public static final String OWN = "own";

  /// Who asks for what nobody waits for: such a job works while no other does.
  public static final String PREFETCH = "pull.prefetch";

  /// How often running jobs are looked at; Ollama sends its events about as often.
  private static final Duration TICK = Duration.ofMillis(100);

  private static final System.Logger LOG = System.getLogger(Pulls.class.getName());

  private final Store store;
  private final FetchSettings settings;
  private final InstantSource clock;
  private final Board board;
  private final Throttle throttle;
  private final Schedule schedule;
  private final BlockingQueue<Command> commands = new LinkedBlockingQueue<>();
  private final Thread owner;
  private volatile Sources sources;
  private volatile @Nullable Function<String, Optional<Work.Place>> places;
  private volatile @Nullable Anchors anchors;
  private volatile boolean over;

  // Of the owner's thread alone.
  private final Map<String, Job> jobs = new LinkedHashMap<>();

  private Pulls(
      Store store,
      Sources sources,
      PullTable table,
      PullSettings pull,
      FetchSettings settings,
      InstantSource clock,
      Consumer<PullEvent> events) {
    this.store = store;
    this.sources = sources;
    this.settings = settings;
    this.clock = clock;
    this.schedule = new Schedule(pull, clock);
    this.throttle = new Throttle(pull.bytesPerSecond());
    table.tidy();
    table.all().forEach(before -> jobs.put(before.id(), new Job(before)));
    board = new Board(table, snapshots(), events);
    owner = Thread.ofVirtual().name("pulls").start(this::own);
  }

  /// Opens the jobs of a store; those that a restart interrupted go on at once.
  ///
  /// @param storeId tells this store from others that share the database
  /// @param events called on the owner's thread: must be quick
  public static Pulls open(
      Database database,
      String storeId,
      Store store,
      Sources sources,
      PullSettings settings,
      InstantSource clock,
      Consumer<PullEvent> events) {
    return open(database, storeId, store, sources, settings, FetchSettings.USUAL, clock, events);
  }

  static Pulls open(
      Database database,
      String storeId,
      Store store,
      Sources sources,
      PullSettings settings,
      FetchSettings fetch,
      InstantSource clock,
      Consumer<PullEvent> events) {
    PullTable table = new PullTable(database, storeId);
    return new Pulls(store, sources, table, settings, fetch, clock, events);
  }

  /// Fetches a model into our own store. Whoever asks for what is being fetched joins that job; one
  /// that is paused goes on.
  ///
  /// @param askedBy for people: a key's name, or how it was asked
  public Pull ask(ModelName name, String askedBy) {
    return ask(name, OWN, askedBy);
  }

  /// Has a model fetched to a target: [#OWN], or the name of a node.
  ///
  /// @param askedBy for people: a key's name, or how it was asked
  public Pull ask(ModelName name, String target, String askedBy) {
    return ask(name, target, askedBy, true);
  }

  /// The same for somebody who may only wish: the job waits until [#approve] is called, or until
  /// somebody asks who may.
  public Pull propose(ModelName name, String target, String askedBy) {
    return ask(name, target, askedBy, false);
  }

  private Pull ask(ModelName name, String target, String askedBy, boolean approved) {
    CompletableFuture<Pull> answer = new CompletableFuture<>();
    commands.add(new Command.Ask(name, target, askedBy, approved, answer));
    if (over) {
      answer.completeExceptionally(stopping());
    }
    return answer.join();
  }

  /// The registry that a name means, as the settings allow it now.
  public Remote open(ModelName name, Leash leash) {
    return sources.registry().open(name, leash);
  }

  /// Makes damaged blobs of our own store whole; one for each thread.
  public Repair repair() {
    return fetching().repair(store);
  }

  private Fetching fetching() {
    return new Fetching(sources, settings, throttle);
  }

  /// All jobs, the newest last.
  public List<Pull> all() {
    return board.all();
  }

  public Optional<Pull> find(String id) {
    return board.find(id);
  }

  /// Ends the work and keeps the job; [#resume] goes on, also outside the window.
  ///
  /// @return false where there is no such job, or it is over
  public boolean pause(String id) {
    return change(id, What.PAUSE);
  }

  /// @return false where there is no such job, or it is over
  public boolean resume(String id) {
    return change(id, What.RESUME);
  }

  /// Lets a job begin that waits for somebody to say yes; nothing where it needs no such word.
  ///
  /// @return false where there is no such job, or it is over
  public boolean approve(String id) {
    return change(id, What.APPROVE);
  }

  /// Ends the job. What was fetched stays for a while, in case it is asked for again.
  ///
  /// @return false where there is no such job, or it is over
  public boolean cancel(String id) {
    return change(id, What.CANCEL);
  }

  private boolean change(String id, What what) {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    commands.add(new Command.Change(id, what, answer));
    if (over) {
      answer.complete(false);
    }
    return answer.join();
  }

  private static IllegalStateException stopping() {
    return new IllegalStateException("Corral is stopping");
  }

  /// Waits until the job looks other than `before`, or for so long.
  ///
  /// @param before null for whatever it looks like
  /// @return what it looks like then; empty where there is no such job
  public Optional<Pull> awaitChange(String id, @Nullable Pull before, Duration atMost) {
    return board.awaitChange(id, before, atMost);
  }

  /// Calls `follower` with each event from now on, on the owner's thread: it must be quick.
  public void follow(Consumer<PullEvent> follower) {
    board.follow(follower);
  }

  /// Says who keeps what a name meant before it is pulled anew.
  public void keepIn(Anchors keeper) {
    anchors = keeper;
  }

  /// Says which nodes there are beside our own store; their jobs wait until then.
  public void reach(Nodes nodes) {
    places = target -> nodes.place(target, this::fetching);
    commands.add(new Command.Places());
  }

  /// Takes over changed settings; jobs that run go on with the sources they have.
  public void follow(PullSettings now, Sources others) {
    sources = others;
    schedule.follow(now);
    commands.add(new Command.Places());
    throttle.allow(now.bytesPerSecond());
  }

  /// Ends the work on all jobs; the next start goes on with them.
  @Override
  public void close() {
    commands.add(new Command.Close());
    try {
      owner.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // --- the owner's thread ---

  private void own() {
    boolean open = true;
    try {
      while (open) {
        startNext();
        publish();
        Command command = next();
        if (command != null) {
          open = handle(command);
        }
        long now = System.nanoTime();
        jobs.values().forEach(job -> job.look(now));
      }
      drain();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable Command next() throws InterruptedException {
    if (jobs.values().stream().anyMatch(Job::working)) {
      return commands.poll(TICK.toMillis(), TimeUnit.MILLISECONDS);
    }
    boolean waiting =
        jobs.values().stream().anyMatch(job -> job.wantsRoom() || job.state() == PullState.QUEUED);
    return waiting
        ? commands.poll(settings.look().toMillis(), TimeUnit.MILLISECONDS)
        : commands.take();
  }

  /// @return false where it was the last
  private boolean handle(Command command) {
    switch (command) {
      case Command.Ask ask -> ask.answer().complete(asked(ask));
      case Command.Change change -> change.answer().complete(changed(change));
      case Command.Ended ended -> ended(ended);
      case Command.Places _ -> {} // what waited for its place is looked at next
      case Command.Close _ -> {
        return false;
      }
    }
    return true;
  }

  private Pull asked(Command.Ask ask) {
    for (Job job : jobs.values()) {
      if (job.means(ask.target(), ask.name()) && !job.state().ended()) {
        if (ask.askedBy().equals(PREFETCH)) {
          return job.snapshot(); // nobody waits for it: what is paused stays so
        }
        job.want();
        boolean waits = job.state() == PullState.WAITING_FOR_APPROVAL && ask.approved();
        if (job.state() == PullState.PAUSED || waits) {
          job.queue();
        }
        return job.snapshot();
      }
    }
    Pull fresh =
        new Pull(
            HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()),
            ask.name(),
            ask.target(),
            ask.approved() ? PullState.QUEUED : PullState.WAITING_FOR_APPROVAL,
            0,
            0,
            0,
            null,
            null,
            0,
            clock.instant(),
            null,
            Problem.NONE,
            ask.askedBy(),
            List.of());
    forgetOldest();
    jobs.put(fresh.id(), new Job(fresh));
    publish();
    return fresh;
  }

  private void forgetOldest() {
    if (jobs.size() >= PullTable.KEPT) {
      jobs.values().stream()
          .filter(job -> job.state().ended())
          .map(Job::id)
          .findFirst()
          .ifPresent(id -> {
            jobs.remove(id);
            board.forget(id);
          });
    }
  }

  private boolean changed(Command.Change change) {
    Job job = jobs.get(change.id());
    if (job == null || job.state().ended()) {
      return false;
    }
    switch (change.what()) {
      case PAUSE -> {
        // What waits for a yes stands still already; a pause must not become one.
        if (job.state() != PullState.WAITING_FOR_APPROVAL) {
          end(job, PullState.PAUSED);
        }
      }
      case CANCEL -> end(job, PullState.CANCELLED);
      case RESUME -> {
        job.hurry();
        if (job.state() == PullState.PAUSED) {
          job.queue();
        }
      }
      case APPROVE -> {
        if (job.state() == PullState.WAITING_FOR_APPROVAL) {
          job.queue();
        }
      }
    }
    publish();
    return true;
  }

  private void end(Job job, PullState as) {
    if (job.working()) {
      job.stop(as);
    } else {
      job.rest(as, clock.instant());
    }
  }

  private void ended(Command.Ended ended) {
    Job job = jobs.get(ended.id());
    if (job != null) {
      job.ended(ended.end(), clock.instant());
    }
  }

  private void startNext() {
    schedule.hold(jobs.values());
    jobs.values().stream().filter(Job::wantsRoom).filter(this::fits).forEach(Job::queue);
    Set<String> tried = new HashSet<>();
    Optional<Job> next = schedule.next(jobs.values());
    while (next.isPresent() && tried.add(next.get().id())) {
      start(next.get());
      next = schedule.next(jobs.values());
    }
  }

  private boolean fits(Job job) {
    try {
      return store.space().missing(job.missing()) <= 0;
    } catch (StoreFailure e) {
      return false;
    }
  }

  private void start(Job job) {
    Work.Order order =
        new Work.Order(
            job.name(),
            job.target(),
            job.hadBegun(),
            () -> othersNeed(job.id(), job.target()),
            () -> Optional.ofNullable(anchors));
    Function<String, Optional<Work.Place>> others = places;
    if (job.target().equals(OWN)) {
      start(job, fetching().run(order, store));
    } else if (others != null) {
      others
          .apply(job.target())
          .ifPresentOrElse(
              place -> start(job, place.begin(order)),
              () -> job.fail(gone(job.target()), clock.instant()));
    } // else it waits until the nodes are known
  }

  private static Problem gone(String target) {
    return new Problem(
        false,
        "there is no node '" + target + "' that could fetch it",
        "See what there is: corral backends list");
  }

  private void start(Job job, Work run) {
    job.begin(run);
    Thread.ofVirtual()
        .name("pull " + job.id())
        .start(() -> commands.add(new Command.Ended(job.id(), worked(run))));
  }

  private static Work.End worked(Work run) {
    try {
      return run.work();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "A pull failed", e);
      return new Work.End.Failed(
          new Problem(false, "Corral made a mistake with this pull", "See: corral logs"));
    }
  }

  /// Asked by a run, on its thread, hence by the snapshots.
  private long othersNeed(String id, String target) {
    return board.all().stream()
        .filter(pull -> !pull.id().equals(id) && pull.target().equals(target))
        .filter(pull -> pull.state().running())
        .mapToLong(pull -> pull.bytesTotal() - pull.bytesDone())
        .sum();
  }

  private void publish() {
    board.publish(snapshots());
  }

  private Map<String, Pull> snapshots() {
    Map<String, Pull> now = new LinkedHashMap<>();
    jobs.values().forEach(job -> now.put(job.id(), job.snapshot()));
    return now;
  }

  /// Ends all runs, and waits for them: their files are closed then.
  private void drain() throws InterruptedException {
    jobs.values().stream().filter(Job::working).forEach(job -> job.stop(PullState.QUEUED));
    while (jobs.values().stream().anyMatch(Job::working)) {
      turnAway(commands.take());
    }
    over = true;
    board.close();
    publish();
    List<Command> late = new ArrayList<>();
    int _ = commands.drainTo(late);
    late.forEach(this::turnAway);
  }

  private void turnAway(Command command) {
    switch (command) {
      case Command.Ended ended -> ended(ended);
      case Command.Ask ask -> ask.answer().completeExceptionally(stopping());
      case Command.Change change -> change.answer().complete(false);
      case Command.Places _, Command.Close _ -> {}
    }
  }
}
