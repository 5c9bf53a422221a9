package dev.corral.access;

import dev.corral.db.Database;
import dev.corral.db.DatabaseFailure;
import dev.corral.db.Row;
import dev.corral.db.Sql;
import dev.corral.wire.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The keys that were made. Checking one looks at an immutable snapshot in memory and never at the
/// database, so callers are served while that is down. One thread writes when keys were last used,
/// and, where other instances share the database, looks for their changes.
public final class Keys implements AutoCloseable {
  /// A revocation on another instance counts within this, five seconds at the very most.
  private static final Duration REFRESH = Duration.ofSeconds(2);

  /// How long `last used` may lag behind.
  private static final Duration FLUSH = Duration.ofMinutes(1);

  private static final long MINUTE_MILLIS = 60_000;
  private static final long NEVER = 0;

  /// Fits in one segment of a path and in a log line.
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  /// How other callers are called in logs.
  private static final Set<String> RESERVED = Set.of("local", "admin");

  private static final System.Logger LOG = System.getLogger(Keys.class.getName());

  private final Database database;
  private final InstantSource clock;
  private final Thread upkeep;
  private final List<Runnable> followers = new CopyOnWriteArrayList<>();
  private volatile Snapshot snapshot;

  /// @param usedMinute minutes since 1970; the only thing that the hot path changes
  /// @param writtenMinute what the database knows of it; the upkeep's own
  private record Entry(Key key, AtomicLong usedMinute, AtomicLong writtenMinute) {}

  private record Use(Entry entry, long minute) {}

  private record Stored(Secret.Hash hash, Entry entry) {}

  /// @param made true where a key was made and not revoked; an expired one counts, so that nothing
  ///   opens by the mere passing of time
  private record Snapshot(
      Map<Secret.Hash, Entry> byHash, Map<String, Entry> byId, boolean made, Version version) {}

  private record Version(long count, long changedAt) {}

  /// What making a key came to.
  public sealed interface Creation {
    /// @param secret the only time it is shown
    record Created(Key key, String secret) implements Creation {
      @Override
      public String toString() {
        return "Created " + key;
      }
    }

    record Refused(Problem problem) implements Creation {}
  }

  /// A key in force or expired, and when it was last used, to the minute.
  ///
  /// @param lastUsed null for never
  public record Listed(Key key, @Nullable Instant lastUsed) {}

  private Keys(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
    this.snapshot = load(Map.of());
    this.upkeep = Thread.ofVirtual().name("keys").unstarted(this::keepUp);
  }

  /// Reads all keys and starts the upkeep.
  ///
  /// @throws DatabaseFailure where the database cannot
  public static Keys open(Database database, InstantSource clock) {
    Keys keys = new Keys(database, clock);
    keys.upkeep.start();
    return keys;
  }

  /// True once a key was made that is not revoked.
  public boolean made() {
    return snapshot.made();
  }

  /// The key with that secret, in whatever state; looks at memory only.
  Optional<Key> find(Secret.Hash shown) {
    Entry entry = snapshot.byHash().get(shown);
    return entry == null ? Optional.empty() : Optional.of(entry.key());
  }

  /// Notes that the key was used now.
  void used(Key key) {
    Entry entry = snapshot.byId().get(key.id());
    long minute = clock.millis() / MINUTE_MILLIS;
    if (entry != null && entry.usedMinute().getPlain() != minute) {
      entry.usedMinute().setRelease(minute);
    }
  }

  /// False once the key was revoked or has expired; for streams that run on.
  public boolean inForce(Key key) {
    Entry entry = snapshot.byId().get(key.id());
    return entry != null && entry.key().revokedAt() == null && !key.expired(clock.millis());
  }

  /// The key of that name that is not revoked.
  public Optional<Key> named(String name) {
    return list().stream().map(Listed::key).filter(key -> key.name().equals(name)).findFirst();
  }

  /// Calls `follower` after keys were made or revoked, from another thread; it must be quick.
  public void follow(Runnable follower) {
    followers.add(follower);
  }

  /// Keys that are not revoked, oldest first.
  public List<Listed> list() {
    return snapshot.byId().values().stream()
        .filter(entry -> entry.key().revokedAt() == null)
        .sorted((a, b) -> a.key().createdAt().compareTo(b.key().createdAt()))
        .map(entry -> new Listed(entry.key(), instant(entry.usedMinute().get())))
        .toList();
  }

  /// @param scopes at least one
  /// @param expiresAt null for never
  public Creation create(String name, Set<Scope> scopes, @Nullable Instant expiresAt) {
    if (!NAME.matcher(name).matches() || RESERVED.contains(name)) {
      return refused(
          400,
          "A key's name has 1 to 100 letters, digits, '.', '_' and '-', and is not 'local' or"
              + " 'admin'",
          "");
    }
    if (scopes.isEmpty()) {
      return refused(
          400, "A key needs at least one scope", "Choose of infer, pull, manage, admin.");
    }
    Instant now = clock.instant();
    if (expiresAt != null && !expiresAt.isAfter(now)) {
      return refused(400, "That key would have expired already", "Choose a later time.");
    }
    String secret = Secret.random();
    Key key = new Key(Secret.randomId(), name, Secret.hint(secret), scopes, now, expiresAt, null);
    try {
      database.inTransaction(sql -> insert(sql, key, Secret.hash(secret)));
      reload();
      return new Creation.Created(key, secret);
    } catch (DatabaseFailure e) {
      return e.conflict()
          ? refused(
              409,
              "There is a key called '" + name + "' already",
              "Choose another name, or revoke it first: corral keys revoke " + name)
          : refused(503, "The database is not available, so no key was made", "Try again soon.");
    }
  }

  /// Revokes the key of that name, at once for new requests; empty where there is none.
  ///
  /// @throws DatabaseFailure where the database cannot; the key stays in force then
  public Optional<Key> revoke(String name) {
    Optional<Key> key = named(name);
    key.ifPresent(each -> {
      long now = clock.millis();
      database.inTransaction(sql ->
          sql.update(
              "update access_key set revoked_at = ?, changed_at = ?"
                  + " where id = ? and revoked_at is null",
              now,
              now,
              each.id()));
      reload();
    });
    return key;
  }

  /// Writes down when keys were last used, all in one transaction.
  void flush() {
    List<Use> uses =
        snapshot.byId().values().stream()
            .map(entry -> new Use(entry, entry.usedMinute().get()))
            .filter(use -> use.minute() > use.entry().writtenMinute().get())
            .toList();
    if (!uses.isEmpty()) {
      database.inTransaction(sql -> uses.stream().mapToInt(use -> write(sql, use)).sum());
      uses.forEach(use -> use.entry().writtenMinute().set(use.minute()));
    }
  }

  private static int write(Sql sql, Use use) {
    long at = use.minute() * MINUTE_MILLIS;
    return sql.update(
        "update access_key set last_used = ?"
            + " where id = ? and (last_used is null or last_used < ?)",
        at,
        use.entry().key().id(),
        at);
  }

  /// Takes over what other instances changed.
  void refresh() {
    if (!version().equals(snapshot.version())) {
      reload();
    }
  }

  @Override
  public void close() {
    upkeep.interrupt();
    try {
      upkeep.join();
      flush();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (DatabaseFailure e) {
      LOG.log(System.Logger.Level.WARNING, "Last uses of keys were not written", e);
    }
  }

  private void keepUp() {
    Duration pause = database.shared() ? REFRESH : FLUSH;
    long rounds = Math.max(1, FLUSH.dividedBy(pause));
    for (long round = 1; !Thread.currentThread().isInterrupted(); round++) {
      try {
        Thread.sleep(pause);
        if (database.shared()) {
          refresh();
        }
        if (round % rounds == 0) {
          flush();
        }
      } catch (InterruptedException e) {
        return;
      } catch (DatabaseFailure e) {
        // Known keys go on working; the next round tries again.
        LOG.log(
            System.Logger.Level.WARNING,
            "The database with the keys is not available: {0}",
            e.getMessage());
      }
    }
  }

  private synchronized void reload() {
    snapshot = load(snapshot.byId());
    followers.forEach(Runnable::run);
  }

  private Snapshot load(Map<String, Entry> before) {
    Version version = version(); // before the rows, so that a change in between is seen next time
    List<Stored> rows =
        database.read(sql -> sql.query(row -> stored(row, before), "select * from access_key"));
    Map<Secret.Hash, Entry> byHash = new HashMap<>();
    Map<String, Entry> byId = new HashMap<>();
    boolean made = false;
    for (Stored row : rows) {
      byHash.put(row.hash(), row.entry());
      byId.put(row.entry().key().id(), row.entry());
      made |= row.entry().key().revokedAt() == null;
    }
    return new Snapshot(Map.copyOf(byHash), Map.copyOf(byId), made, version);
  }

  /// A key that was known before keeps its counters, which the hot path may be changing now.
  private static Stored stored(Row row, Map<String, Entry> before) {
    Key key = key(row);
    Long lastUsed = row.numberOrNull("last_used");
    long minute = lastUsed == null ? NEVER : lastUsed / MINUTE_MILLIS;
    Entry old = before.get(key.id());
    Entry entry =
        old == null
            ? new Entry(key, new AtomicLong(minute), new AtomicLong(minute))
            : new Entry(key, old.usedMinute(), old.writtenMinute());
    return new Stored(Secret.Hash.ofHex(row.text("hash")), entry);
  }

  private Version version() {
    return database.read(sql ->
        sql.find(
                row -> new Version(row.number("n"), row.number("at")),
                "select count(*) as n, coalesce(max(changed_at), 0) as at from access_key")
            .orElse(new Version(0, 0)));
  }

  private static int insert(Sql sql, Key key, Secret.Hash hash) {
    return sql.update(
        "insert into access_key (id, name, hash, hint, scopes, created_at, expires_at, changed_at)"
            + " values (?, ?, ?, ?, ?, ?, ?, ?)",
        key.id(),
        key.name(),
        hash.hex(),
        key.hint(),
        key.scopes().stream().map(Scope::word).sorted().collect(Collectors.joining(" ")),
        key.createdAt().toEpochMilli(),
        key.expiresAt() == null ? null : key.expiresAt().toEpochMilli(),
        key.createdAt().toEpochMilli());
  }

  private static Key key(Row row) {
    Set<Scope> scopes =
        Arrays.stream(row.text("scopes").split(" ", -1))
            .map(Scope::named)
            .flatMap(Optional::stream)
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Scope.class)));
    return new Key(
        row.text("id"),
        row.text("name"),
        row.text("hint"),
        scopes,
        Instant.ofEpochMilli(row.number("created_at")),
        time(row.numberOrNull("expires_at")),
        time(row.numberOrNull("revoked_at")));
  }

  private static @Nullable Instant time(@Nullable Long millis) {
    return millis == null ? null : Instant.ofEpochMilli(millis);
  }

  private static @Nullable Instant instant(long minute) {
    return minute == NEVER ? null : Instant.ofEpochMilli(minute * MINUTE_MILLIS);
  }

  private static Creation.Refused refused(int status, String message, String next) {
    return new Creation.Refused(Problem.of(status, message, next));
  }
}
