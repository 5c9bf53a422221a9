package dev.corral.pull;

import dev.corral.blobs.Store;
import dev.corral.db.Database;
import dev.corral.model.ModelName;
import dev.corral.outbound.Leash;
import dev.corral.pull.Command.What;
import dev.corral.registry.Remote;
import dev.corral.revision.Anchors;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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
  private final Board board;
  private final Throttle throttle;
  private final Schedule schedule;
  private final Starter starter;
  private final BlockingQueue<Command> commands = new LinkedBlockingQueue<>();
  private final Thread owner;
  private volatile Sources sources;
  private volatile boolean over;

  /// Of the owner's thread alone.
  private final Roster roster;

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
    this.schedule = new Schedule(pull, clock);
    this.throttle = new Throttle(pull.bytesPerSecond());
    table.tidy();
    roster = new Roster(table.all(), clock);
    board = new Board(table, roster.snapshots(), events);
    starter =
        new Starter(
            new Starter.Own(store, this::fetching),
            schedule,
            board,
            settings,
            clock,
            commands::add);
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
    starter.keepIn(keeper);
  }

  /// Says which nodes there are beside our own store; their jobs wait until then.
  public void reach(Nodes nodes) {
    starter.reach(target -> nodes.place(target, this::fetching));
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
    try {
      boolean open = true;
      while (open) {
        starter.startNext(roster.all());
        publish();
        Command command = next();
        open = command == null || answered(command);
        roster.look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "The pulls end: the next start goes on with them", e);
    } finally {
      end();
    }
  }

  private @Nullable Command next() throws InterruptedException {
    if (roster.working()) {
      return commands.poll(TICK.toMillis(), TimeUnit.MILLISECONDS);
    }
    return roster.waiting()
        ? commands.poll(settings.look().toMillis(), TimeUnit.MILLISECONDS)
        : commands.take();
  }

  /// A mistake with one command is told to who gave it, and is no other job's affair.
  ///
  /// @return false where it was the last
  private boolean answered(Command command) {
    try {
      return handle(command);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "A command to the pulls failed", e);
      IllegalStateException mistake =
          new IllegalStateException("Corral made a mistake with this pull; see: corral logs", e);
      switch (command) {
        case Command.Ask ask -> ask.answer().completeExceptionally(mistake);
        case Command.Change change -> change.answer().completeExceptionally(mistake);
        case Command.Ended _, Command.Places _ -> {}
        case Command.Close _ -> {
          return false;
        }
      }
      return true;
    }
  }

  /// @return false where it was the last
  private boolean handle(Command command) {
    switch (command) {
      case Command.Ask ask -> {
        Pull job = roster.asked(ask);
        publish(); // whoever knows of it shall find it
        ask.answer().complete(job);
      }
      case Command.Change change -> {
        boolean changed = roster.changed(change);
        publish();
        change.answer().complete(changed);
      }
      case Command.Ended ended -> roster.ended(ended);
      case Command.Places _ -> {} // what waited for its place is looked at next
      case Command.Close _ -> {
        return false;
      }
    }
    return true;
  }

  private void publish() {
    board.publish(roster.snapshots());
  }

  /// Ends all runs, and lets nobody wait for an answer that will not come.
  private void end() {
    try {
      drain();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      over = true;
      board.close();
      publish();
      List<Command> late = new ArrayList<>();
      int _ = commands.drainTo(late);
      late.forEach(this::turnAway);
    }
  }

  /// Ends all runs, and waits for them: their files are closed then.
  private void drain() throws InterruptedException {
    roster.all().forEach(Job::giveWay);
    while (roster.working()) {
      turnAway(commands.take());
    }
  }

  private void turnAway(Command command) {
    switch (command) {
      case Command.Ended ended -> roster.ended(ended);
      case Command.Ask ask -> ask.answer().completeExceptionally(stopping());
      case Command.Change change -> change.answer().complete(false);
      case Command.Places _, Command.Close _ -> {}
    }
  }
}
