package dev.corral.pull;

import dev.corral.model.Digest;
import dev.corral.model.ModelName;
import dev.corral.ollama.Management;
import dev.corral.pull.NodeCheck.Verdict;
import dev.corral.pull.NodeWords.Meaning;
import dev.corral.pull.Pull.Cause;
import dev.corral.pull.Pull.Problem;
import dev.corral.registry.Fetched;
import dev.corral.registry.Registry;
import dev.corral.registry.Remote;
import dev.corral.registry.Trouble;
import dev.corral.revision.Anchor;
import dev.corral.revision.Anchors;
import dev.corral.revision.Undone;
import dev.corral.wire.PathMask;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The work on a job for an Ollama node: the node pulls, we keep its one listener, issue the pull
/// again where it stands still or breaks off, do not believe its `success`, and cure what it holds
/// wrongly.
final class NodeRun implements Work {
  /// So long without a byte, and the job is shown as standing still.
  private static final long STALL = Duration.ofSeconds(10).toNanos();

  /// What to do where a registry denies it to a node.
  private static final String DENIED =
      "A node asks with its own account, not with Corral's: let that one read it, or pull into"
          + " Corral's own store, which shows HF_TOKEN to Hugging Face.";

  private final ModelName name;
  private final NodeSpot spot;
  private final Management management;
  private final NodePatience patience;
  private final NodeCure cure;
  private final NodeCheck check;
  private final Remote remote;
  private final String asked;
  private final boolean insecure;
  private final boolean patient;
  private final Supplier<Optional<Anchors>> anchors;
  private final Stop stop = new Stop();
  private final NodeShares shares = new NodeShares();
  private volatile Optional<NodeTalk> talk = Optional.empty();
  private volatile boolean checking;
  private volatile boolean unanswered;
  private volatile Runnable ending = () -> {};
  private final AtomicInteger tries = new AtomicInteger();

  // Of the thread that works.
  private CompletableFuture<Fetched> known = new CompletableFuture<>();
  private Optional<Fetched.Found> expected = Optional.empty();
  private int inVain;
  private int cures;

  /// True where bytes may lie there under their names that the node has not verified: it takes them
  /// for right from now on.
  private boolean unverified;

  /// The node had begun and broke off: it is waited for as one that restarts.
  private boolean hadBegun;

  private long lastByte = System.nanoTime();

  NodeRun(
      Order order, NodeSpot spot, Management management, Registry registry, NodePatience patience) {
    this.name = order.name();
    this.spot = spot;
    this.management = management.telling(this::begun);
    this.patience = patience;
    this.patient = order.patient();
    this.anchors = order.anchors();
    this.remote = registry.open(name, stop.leash());
    this.insecure = registry.plain(name);
    this.asked = insecure ? "http://" + name.shortName() : name.shortName();
    this.cure = new NodeCure(this.management, spot, name, remote);
    this.check = new NodeCheck(this.management, spot, name, patience, stop);
    stop.whenAsked(() -> ending.run());
  }

  /// A call to the node begins: whoever stops us ends it.
  private void begun(Runnable end) {
    ending = end;
    if (stop.asked()) {
      end.run();
    }
  }

  @Override
  public PullState state() {
    if (checking) {
      return PullState.VERIFYING;
    }
    Optional<NodeTalk> now = talk;
    PullState phase = now.map(NodeTalk::phase).orElse(PullState.RESOLVING);
    boolean still =
        switch (phase) {
          case PULLING -> now.orElseThrow().silence() > STALL;
          case RESOLVING -> unanswered;
          default -> false;
        };
    return still ? PullState.STALLED : phase;
  }

  @Override
  public List<Pull.Blob> blobs() {
    return shares.blobs();
  }

  @Override
  public int again() {
    return Math.max(0, tries.get() - 1);
  }

  @Override
  public void stop() {
    stop.ask();
  }

  @Override
  public End work() {
    known = ask();
    if (answer(patience.registry()) instanceof Trouble no
        && no.kind() == Trouble.Kind.NOT_ALLOWED) {
      return Fetcher.failed(no);
    }
    Optional<Anchor> anchor = anchored();
    Optional<End> end = Optional.empty();
    lastByte = System.nanoTime();
    while (end.isEmpty()) {
      end = stop.asked() ? Optional.of(new End.Stopped()) : stoppable();
    }
    boolean done = end.get() instanceof End.Done;
    anchor.ifPresent(kept -> settle(kept, done));
    return stop.asked() ? new End.Stopped() : end.get();
  }

  /// What the name means now is kept, unless the registry has nothing newer.
  private Optional<Anchor> anchored() {
    return anchors
        .get()
        .flatMap(kept ->
            expected.isPresent()
                ? kept.keepUnless(spot.name(), name, expected.get().digest())
                : kept.keep(spot.name(), name));
  }

  /// Nothing newer came: the anchor is not needed. The name is gone, since a cure had to delete it
  /// and the pull behind it failed: what it meant comes back.
  private void settle(Anchor anchor, boolean done) {
    Anchors kept = anchors.get().orElseThrow();
    Optional<Digest> now = kept.meaning(spot.name(), name);
    if (now.isEmpty()) {
      if (done) {
        return; // it was seen there a moment ago: the node only does not answer now
      }
      Undone _ = kept.bringBack(anchor);
    } else if (now.get().equals(anchor.digest())) {
      OptionalLong _ = kept.drop(anchor);
    }
  }

  /// What the registry has under the name, where we can ask it; the node may know it better, so it
  /// does not wait for us where the registry is out of our reach.
  private CompletableFuture<Fetched> ask() {
    CompletableFuture<Fetched> asked = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("pull manifest")
        .start(() -> {
          Fetched fetched = remote.manifest();
          if (fetched instanceof Fetched.Found found) {
            shares.expect(found.manifest());
          }
          asked.complete(fetched);
        });
    return asked;
  }

  /// @return null where it does not answer within that time
  private @Nullable Fetched answer(Duration within) {
    try {
      Fetched fetched = known.get(within.toNanos(), TimeUnit.NANOSECONDS);
      if (fetched instanceof Fetched.Found found) {
        expected = Optional.of(found);
      }
      return fetched;
    } catch (TimeoutException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } catch (ExecutionException e) {
      throw new IllegalStateException("asking a registry ends in a value", e);
    }
  }

  private Optional<End> stoppable() {
    try {
      return once();
    } catch (CancellationException e) {
      return Optional.of(new End.Stopped());
    }
  }

  /// One try.
  ///
  /// @return empty where another one shall follow
  private Optional<End> once() {
    shares.anew();
    int _ = tries.incrementAndGet();
    NodeTalk now = new NodeTalk(management.pull(spot.target(), asked, insecure), shares, patience);
    talk = Optional.of(now);
    NodeTalk.End end = now.listen();
    if (now.grew()) {
      unanswered = false;
      inVain = 0;
      lastByte = System.nanoTime();
    }
    // Ended while it verified: its blobs have their names already, and the next try skips them.
    unverified |= now.phase() == PullState.VERIFYING && !(end instanceof NodeTalk.End.GaveUp);
    hadBegun |= end instanceof NodeTalk.End.Lost && now.heard();
    return switch (end) {
      case NodeTalk.End.Success _ -> checked();
      case NodeTalk.End.GaveUp gaveUp -> gaveUp(gaveUp.words());
      case NodeTalk.End.Stalled _ -> again("no byte comes any more");
      case NodeTalk.End.Lost lost ->
          again(lost.connected() ? "the node broke off: " + lost.why() : unreachable(lost.why()));
    };
  }

  private static String unreachable(String why) {
    return "the node cannot be reached: " + why;
  }

  private Optional<End> gaveUp(String words) {
    String told = "the node says: " + PathMask.mask(words);
    return switch (NodeWords.of(words)) {
      case Meaning.Missing _ ->
          failed(
              Cause.MISSING, "no registry has '" + name.shortName() + "'", "Check the spelling.");
      case Meaning.NoRoom _ when freed() -> Optional.empty();
      case Meaning.NoRoom _ ->
          failed(
              Cause.NO_ROOM,
              "the disk of the node '" + spot.name() + "' is full",
              "Remove what it needs no more, for example with: corral rm MODEL");
      case Meaning.Denied _ -> failed(Cause.DENIED, told, DENIED);
      case Meaning.Final _ -> failed(Cause.OTHER, told, "");
      case Meaning.Passing _ -> again(told);
      case Meaning.Mismatch _ -> {
        unverified = true;
        afresh();
        String wrong = "the bytes that come are not those that the registry names";
        yield mayCure() ? again(wrong) : failed(Cause.OTHER, wrong, "Try again later.");
      }
      case Meaning.Parts parts -> poisoned(parts, told);
    };
  }

  /// What an interrupted pull left keeps this one from ever succeeding, however often it is issued.
  private Optional<End> poisoned(Meaning.Parts parts, String told) {
    checking = true;
    Optional<String> why = ourselves(() -> cure.parts(parts.digest(), expected));
    checking = false;
    boolean last = !mayCure();
    if (why.isEmpty() && !last) {
      afresh();
      return Optional.empty();
    }
    if (!last) {
      return again(told);
    }
    return failed(
        Cause.OTHER,
        told + ": what an interrupted pull left on the node '" + spot.name() + "' is broken",
        why.map(clause -> "Corral could not give it the whole file instead (" + clause + ")")
                .orElse("Corral gave it whole files instead, which was not enough")
            + ". Remove the files named -partial from its folder of blobs, then pull again:"
            + " corral pull "
            + name.shortName());
  }

  /// What was kept for an undo is the first to go.
  private boolean freed() {
    return anchors
        .get()
        .filter(kept -> kept.dropOldest(spot.name(), shares.total()) > 0)
        .isPresent();
  }

  private Optional<End> failed(Cause cause, String text, String next) {
    return Optional.of(new End.Failed(new Problem(cause, text, next)));
  }

  /// Waits, and lets the pull be issued again; or gives up.
  private Optional<End> again(String why) {
    inVain++;
    unanswered = true;
    boolean fresh = !patient && !hadBegun && expected.isEmpty() && shares.blobs().isEmpty();
    boolean late = System.nanoTime() - lastByte > patience.giveUp().toNanos();
    if (late || (fresh && inVain >= patience.firstTries())) {
      return failed(Cause.OTHER, why, "Try again with: corral pull " + name.shortName());
    }
    return stop.await(patience.wait(inVain)) ? Optional.of(new End.Stopped()) : Optional.empty();
  }

  /// What is fetched from here on counts from its first byte, and has all the time again.
  private void afresh() {
    shares.forget();
    inVain = 0;
    lastByte = System.nanoTime();
  }

  private boolean mayCure() {
    return cures++ < patience.mostCures();
  }

  private Optional<End> checked() {
    checking = true;
    try {
      return judged(
          ourselves(() -> {
            Fetched _ = answer(patience.registry());
            return check.look(expected, shares);
          }));
    } finally {
      checking = false;
    }
  }

  /// What we do ourselves takes its time (hashing forty gigabytes, loading them), in which the node
  /// owes us no byte.
  private <T> T ourselves(Supplier<T> work) {
    long begun = System.nanoTime();
    T done = work.get();
    lastByte += System.nanoTime() - begun;
    return done;
  }

  private Optional<End> judged(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Good good when good.hashed() || !unverified -> Optional.of(new End.Done());
      // What came with a wrong blob, or before the node ended, counts as wrong too.
      case Verdict.Good _ -> {
        unverified = false;
        yield cured("what an earlier try brought was never verified");
      }
      case Verdict.Unknown unknown -> again(unreachable(unknown.why()));
      case Verdict.Other _ -> other();
      case Verdict.Damaged damaged -> cured(damaged.why());
    };
  }

  /// The tag may have been moved while the node pulled.
  private Optional<End> other() {
    Optional<Digest> before = expected.map(Fetched.Found::digest);
    known = ask();
    boolean moved =
        answer(patience.registry()) instanceof Fetched.Found found
            && !before.equals(Optional.of(found.digest()));
    return moved || mayCure()
        ? again("the node has another version than the registry")
        : failed(
            Cause.OTHER,
            "the node '" + spot.name() + "' has another version than the registry",
            "Look which registry or mirror that node asks.");
  }

  private Optional<End> cured(String why) {
    if (mayCure() && cure.damaged()) {
      unverified = false;
      afresh();
      return Optional.empty();
    }
    return failed(
        Cause.OTHER,
        "the node '" + spot.name() + "' says success, but " + why,
        "Remove every model that shares the damaged blob there, then pull again: corral pull "
            + name.shortName());
  }
}
