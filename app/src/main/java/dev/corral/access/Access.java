package dev.corral.access;

import dev.corral.wire.Problem;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// The one decision who may do what. It looks at memory only and takes about a microsecond.
public final class Access {
  private static final String MAKE_ONE =
      "Make one on the server's machine: corral keys create NAME";
  private static final Caller LOCAL = new Caller.Local();
  private static final Caller ADMIN = new Caller.Admin();
  private static final Caller NOBODY = new Caller.Nobody();

  private final Keys keys;
  private final AdminKey adminKey;
  private final InstantSource clock;
  private volatile Rules rules;

  /// @param always `server.auth` is `keys`
  /// @param beyondLoopback other machines reach the listener, see [BindRule#loopback]
  public record Rules(boolean always, boolean beyondLoopback) {}

  public Access(Keys keys, AdminKey adminKey, Rules rules, InstantSource clock) {
    this.keys = keys;
    this.adminKey = adminKey;
    this.rules = rules;
    this.clock = clock;
  }

  /// Takes over changed settings, for the next request.
  public void follow(Rules changed) {
    rules = changed;
  }

  /// True once callers need a key: the settings say so, other machines reach us, or one was made.
  /// The admin key does not count as one that was made.
  public boolean keysInForce() {
    Rules now = rules;
    return now.always() || now.beyondLoopback() || keys.made();
  }

  /// May a request with these credentials use that route? Denies by default: a route asks for its
  /// scope unless the table says it is open.
  public Decision judge(Route route, Credentials credentials) {
    Decision known = identify(credentials);
    if (!keysInForce()) {
      boolean admin = known instanceof Decision.Allowed(Caller.Admin _);
      return new Decision.Allowed(admin ? ADMIN : LOCAL);
    }
    Optional<Scope> demand = demand(route);
    if (demand.isEmpty()) {
      return known instanceof Decision.Allowed ? known : new Decision.Allowed(NOBODY);
    }
    if (known instanceof Decision.Allowed(var caller) && !caller.may(demand.get())) {
      return insufficient(caller, demand.get());
    }
    return known;
  }

  private Optional<Scope> demand(Route route) {
    boolean open = route == Route.METRICS && !rules.beyondLoopback();
    return open ? Optional.empty() : route.demand();
  }

  private Decision identify(Credentials credentials) {
    return switch (credentials) {
      case Credentials.None _ ->
          refused(
              401,
              "This server needs a key",
              "Send it as 'Authorization: Bearer KEY' or 'x-api-key: KEY'. " + MAKE_ONE);
      case Credentials.Contradiction _ ->
          refused(400, "The request shows two different keys", "Send one key, in one header.");
      case Credentials.Unusable _ -> unknown();
      case Credentials.Shown(var secret) -> identify(Secret.hash(secret));
    };
  }

  private Decision identify(Secret.Hash shown) {
    if (adminKey.is(shown)) {
      return new Decision.Allowed(ADMIN);
    }
    Optional<Key> found = keys.find(shown);
    if (found.isEmpty()) {
      return unknown();
    }
    Key key = found.get();
    Instant revoked = key.revokedAt();
    if (revoked != null) {
      return refused(401, "The key '" + key.name() + "' was revoked on " + revoked, MAKE_ONE);
    }
    if (key.expired(clock.millis())) {
      return refused(401, "The key '" + key.name() + "' expired on " + key.expiresAt(), MAKE_ONE);
    }
    keys.used(key);
    return new Decision.Allowed(new Caller.Named(key));
  }

  private static Decision unknown() {
    return new Decision.Refused(
        Problem.of(
            401,
            "This server does not know that key",
            "Check that all of it was sent. " + MAKE_ONE),
        true);
  }

  private static Decision insufficient(Caller caller, Scope scope) {
    return refused(
        403,
        "The key '" + caller.name() + "' may not do this; it takes the scope " + scope.word(),
        "Make one that may: corral keys create NAME --scope " + scope.word());
  }

  private static Decision refused(int status, String message, String next) {
    return new Decision.Refused(Problem.of(status, message, next), false);
  }
}
