package dev.corral.door;

import dev.corral.access.Route;
import dev.corral.access.Scope;
import dev.corral.wire.Problem;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The one decision who may come in, as the door asks for it. `access` makes it.
public interface Guard {
  /// @param authorization the header of that name
  /// @param apiKey the header `x-api-key`
  Verdict judge(Route route, @Nullable String authorization, @Nullable String apiKey);

  /// True once callers need a key. Without, the door is stricter about where a request comes from.
  boolean keysInForce();

  /// What the guard says.
  sealed interface Verdict {
    record Enter(String caller, Set<Scope> scopes) implements Verdict {}

    record Stay(Problem problem) implements Verdict {}
  }
}
