package dev.corral.door;

import dev.corral.access.Route;
import dev.corral.access.Scope;
import dev.corral.wire.Problem;
import java.util.List;
import java.util.Set;

/// The one decision who may come in, as the door asks for it. `access` makes it.
public interface Guard {
  /// @param authorization all headers of that name
  /// @param apiKeys all headers `x-api-key`
  Verdict judge(Route route, List<String> authorization, List<String> apiKeys);

  /// True once callers need a key. Without, the door is stricter about where a request comes from.
  boolean keysInForce();

  /// What the guard says.
  sealed interface Verdict {
    record Enter(String caller, Set<Scope> scopes) implements Verdict {}

    /// @param wrongKey a key was shown, and it never was one of ours
    record Stay(Problem problem, boolean wrongKey) implements Verdict {}
  }
}
