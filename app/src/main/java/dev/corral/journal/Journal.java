package dev.corral.journal;

import dev.corral.exchange.ExchangeEvent;
import dev.corral.journal.Entry.Level;
import dev.corral.model.ModelName;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Writes down what happens, in `corral.log`, one line of JSON each. Handing over is for the hot
/// path: it takes about a tenth of a microsecond and never waits. One thread of its own writes.
///
/// Where entries come faster than they can be written, or the disk takes none, they are lost and
/// counted, and the file says so as soon as it can; serving goes on.
public final class Journal implements Consumer<ExchangeEvent>, AutoCloseable {
  /// How many of the last exchanges are kept in memory.
  public static final int KEPT = 500;

  /// More than 300,000 entries a second between two looks of the writer; 64 KiB of references.
  private static final int RING = 16 * 1024;

  /// Waking the writer by hand would cost the hot path more than all the rest, so it looks by
  /// itself.
  private static final Duration TICK = Duration.ofMillis(50);

  /// Lines are written in bites of about this many bytes.
  private static final int BITE = 64 * 1024;

  private static final long MOST_BYTES = 10L << 20;
  private static final int MOST_OLD = 5;
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  /// Routes on which a model is named and not asked.
  private static final Set<String> ERRANDS =
      Set.of("SHOW", "PULL", "PUSH", "CREATE", "COPY", "DELETE");

  private final Ring<Entry> ring = new Ring<>(RING);
  private final LongAdder refused = new LongAdder();
  private final LongAdder unwritten = new LongAdder();
  private final Deque<ExchangeEvent> recent = new ArrayDeque<>();
  private final List<Consumer<Entry>> followers = new CopyOnWriteArrayList<>();
  private final Lines lines = new Lines();
  private final LogFile file;
  private final Clock clock;
  private final PrintStream console;
  private final Thread writer;
  private volatile boolean starting = true;
  private volatile boolean closing;
  private volatile long written;

  // Of the writer's thread alone.
  private long taken;
  private int entriesInBite;
  private long told;
  private long telling;
  private boolean diskFails;

  /// @param folder where `corral.log` lies; made when it is not there
  /// @param console where warnings go besides, until [#started()]
  public Journal(Path folder, Clock clock, PrintStream console) {
    this(folder, clock, console, MOST_BYTES);
  }

  Journal(Path folder, Clock clock, PrintStream console, long mostBytes) {
    this.file = new LogFile(folder.resolve("corral.log"), mostBytes, MOST_OLD);
    this.clock = clock;
    this.console = console;
    this.writer = Thread.ofPlatform().daemon().name("journal").start(this::run);
  }

  /// An exchange ended. For the hot path.
  @Override
  public void accept(ExchangeEvent event) {
    put(new Entry.Exchanged(event));
  }

  /// When a model last answered, as far as the last exchanges tell.
  public Optional<Instant> lastUsed(ModelName name) {
    return recent().stream()
        .filter(event -> event.outcome() == ExchangeEvent.Outcome.ANSWERED)
        .filter(event -> !ERRANDS.contains(event.route()))
        .filter(event ->
            ModelName.parse(event.model()).filter(one -> one.key().equals(name.key())).isPresent())
        .map(ExchangeEvent::at)
        .max(Comparator.naturalOrder());
  }

  /// @param kind see [Entry.Notice]
  public void notice(Level level, String kind, String subject, String state, String text) {
    Entry.Notice notice =
        new Entry.Notice(clock.instant(), level, kind, subject, state, Secrets.masked(text));
    put(notice);
    if (starting && level != Level.INFO) {
      console.println(level.word() + ": " + notice.text().lines().findFirst().orElse(""));
    }
  }

  private void put(Entry entry) {
    if (!ring.offer(entry)) {
      refused.increment();
    }
  }

  /// The start is over: from now on warnings go to the file alone.
  public void started() {
    starting = false;
  }

  /// Calls `follower` with each entry, in order, on the writer's thread: it must be quick.
  public void follow(Consumer<Entry> follower) {
    followers.add(follower);
  }

  /// Entries that were handed over and are in no file, since the start.
  public long lost() {
    return refused.sum() + unwritten.sum();
  }

  /// The last exchanges, newest first.
  public List<ExchangeEvent> recent() {
    synchronized (recent) {
      return new ArrayList<>(recent).reversed();
    }
  }

  /// Waits until everything that was handed over before is in memory and, where the disk takes it,
  /// in the file. Blocks; not for event loops.
  ///
  /// @return false where it took longer than `patience`
  public boolean awaitWritten(Duration patience) {
    long goal = ring.given();
    long end = System.nanoTime() + patience.toNanos();
    while (written < goal) {
      if (System.nanoTime() > end || !writer.isAlive()) {
        return false;
      }
      LockSupport.unpark(writer);
      LockSupport.parkNanos(1_000_000);
    }
    return true;
  }

  /// Writes what is there and ends.
  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(writer);
    try {
      writer.join(LAST_WORDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closing) {
      drain();
      LockSupport.parkNanos(TICK.toNanos());
    }
    drain();
    file.close();
  }

  private void drain() {
    for (Entry entry = ring.poll(); entry != null; entry = ring.poll()) {
      taken++;
      keep(entry);
      lines.add(entry);
      entriesInBite++;
      if (lines.size() > BITE) {
        write();
      }
    }
    tellLost();
    if (lines.size() > 0) {
      write();
    }
  }

  private void keep(Entry entry) {
    if (entry instanceof Entry.Exchanged exchanged) {
      synchronized (recent) {
        recent.addLast(exchanged.event());
        if (recent.size() > KEPT) {
          recent.removeFirst();
        }
      }
    }
    followers.removeIf(follower -> !told(follower, entry));
  }

  /// The log outlives whoever reads along.
  private boolean told(Consumer<Entry> follower, Entry entry) {
    try {
      follower.accept(entry);
      return true;
    } catch (RuntimeException e) {
      console.println("error: a follower of the log failed and is left out: " + e);
      return false;
    }
  }

  /// One line for all that was lost since the last one.
  private void tellLost() {
    long lost = lost();
    if (lost > telling && !diskFails) {
      String text =
          (lost - telling)
              + " log entries were lost: they came faster than they could be written, or the disk"
              + " took none";
      lines.add(new Entry.Notice(clock.instant(), Level.WARN, "server", "log", "lost", text));
      telling = lost;
    }
  }

  private void write() {
    try {
      file.append(lines.take());
      diskFails = false;
      told = telling;
    } catch (IOException e) {
      unwritten.add(entriesInBite);
      telling = told;
      complain(e);
    }
    entriesInBite = 0;
    written = taken;
  }

  /// Once for each time that the disk begins to fail.
  private void complain(IOException failure) {
    if (!diskFails) {
      diskFails = true;
      console.println(
          "warn: the log cannot be written ("
              + failure.getMessage()
              + "); serving goes on without it. Free space, or make the folder 'logs' of the home"
              + " writable.");
    }
  }
}
