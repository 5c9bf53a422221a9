package dev.corral.gateway;

import dev.corral.dialect.Call;
import dev.corral.dialect.Peeked;
import dev.corral.model.ModelName;
import dev.corral.wire.Problem;
import java.util.Optional;
import java.util.function.Predicate;

/// Models and names that calls may not remove or replace: what is protected, and virtual names. A
/// pull of a protected tag is let through: it brings the tag's next revision and removes nothing
/// that anybody cannot have again.
final class Guarded {
  private Guarded() {}

  /// Calls that are looked at here before they are planned.
  static boolean concerns(Call call) {
    return switch (call) {
      case DELETE, COPY, CREATE, PULL -> true;
      default -> false;
    };
  }

  /// Why the call may not be. May block.
  ///
  /// @param held whether anybody has a model of that name at this moment
  static Optional<Problem> refusal(
      Call call, Peeked.Body asked, Predicate<String> held, GatewaySettings settings) {
    String changed = call == Call.COPY ? asked.destination().orEmpty() : asked.target();
    if (settings.assignments().alias(changed).isPresent()) {
      return Optional.of(
          Problem.of(
              403,
              "'" + changed + "' is an alias and no model of its own",
              "Name the model that it means, or change 'aliases:' in corral.yaml."));
    }
    Optional<ModelName> name = ModelName.parse(changed);
    if (call == Call.PULL || name.isEmpty() || !settings.isProtected().test(name.get())) {
      return Optional.empty();
    }
    // A name that nobody has yet is not replaced.
    if (call != Call.DELETE && !held.test(changed)) {
      return Optional.empty();
    }
    String shown = name.get().shortName();
    return Optional.of(
        Problem.of(
            403,
            "'" + shown + "' is protected",
            "If it may go: corral unprotect "
                + shown
                + " (or take it out of 'protected:' in corral.yaml)."));
  }
}
