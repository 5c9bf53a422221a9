package dev.corral;

import dev.corral.access.Access;
import dev.corral.access.Caller;
import dev.corral.access.Credentials;
import dev.corral.access.Decision;
import dev.corral.access.Route;
import dev.corral.access.Scope;
import dev.corral.door.Guard;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Binds the decision of `access` to the door.
final class KeyGuard implements Guard {
  private static final Set<Scope> EVERYTHING = EnumSet.allOf(Scope.class);
  private static final Verdict LOCAL = new Verdict.Enter(new Caller.Local().name(), EVERYTHING);

  private final Access access;

  KeyGuard(Access access) {
    this.access = access;
  }

  @Override
  public Verdict judge(Route route, List<String> authorization, List<String> apiKeys) {
    return switch (access.judge(route, Credentials.from(authorization, apiKeys))) {
      case Decision.Refused refused -> new Verdict.Stay(refused.problem(), refused.wrongKey());
      case Decision.Allowed(Caller.Local _) -> LOCAL;
      case Decision.Allowed(var caller) -> new Verdict.Enter(caller.name(), scopes(caller));
    };
  }

  @Override
  public boolean keysInForce() {
    return access.keysInForce();
  }

  private static Set<Scope> scopes(Caller caller) {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (Scope scope : Scope.values()) {
      if (caller.may(scope)) {
        scopes.add(scope);
      }
    }
    return scopes;
  }
}
