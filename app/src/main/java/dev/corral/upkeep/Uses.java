package dev.corral.upkeep;

import dev.corral.assign.Assignments;
import dev.corral.fleet.Backend;
import dev.corral.fleet.FleetSnapshot;
import dev.corral.model.ModelName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;

/// Who uses a model: assigned, in memory, in a running request, used lately. Threads share it.
public final class Uses {
  /// Names of assignments stand among the aliases as requests write them.
  private static final Pattern ASSIGNMENT = Pattern.compile("(tier|role|profile):");

  private static final Duration LATELY = Duration.ofHours(24);

  private final Parts parts;

  public Uses(Parts parts) {
    this.parts = parts;
  }

  /// Where that is known.
  ///
  /// @param running requests that a model answers now
  /// @param lastUsed empty for never
  /// @param isProtected true where nothing may remove the model
  public record Parts(
      Supplier<FleetSnapshot> fleet,
      Supplier<Assignments> assignments,
      ToIntFunction<ModelName> running,
      Function<ModelName, Optional<Instant>> lastUsed,
      Predicate<ModelName> isProtected,
      InstantSource clock) {}

  public boolean isProtected(ModelName name) {
    return parts.isProtected().test(name);
  }

  /// All uses, the strongest first.
  public List<Use> of(ModelName name) {
    List<Use> uses = new ArrayList<>();
    assignedAs(name).forEach(as -> uses.add(new Use(Use.Kind.ASSIGNED, sentence(as))));
    int running = parts.running().applyAsInt(name);
    if (running > 0) {
      uses.add(
          new Use(
              Use.Kind.RUNNING,
              running == 1 ? "a request uses it now" : running + " requests use it now"));
    }
    for (Backend backend : parts.fleet().get().backends()) {
      if (backend.loaded(name.shortName())) {
        uses.add(new Use(Use.Kind.LOADED, "it is in memory on '" + backend.name() + "'"));
      }
    }
    lastUsed(name)
        .filter(at -> at.isAfter(parts.clock().instant().minus(LATELY)))
        .ifPresent(at -> uses.add(new Use(Use.Kind.LATELY, "it was used " + ago(at) + " ago")));
    return List.copyOf(uses);
  }

  public Optional<Instant> lastUsed(ModelName name) {
    return parts.lastUsed().apply(name);
  }

  /// `default`, `tier:NAME`, and `alias:NAME` for each alias that means it.
  public List<String> assignedAs(ModelName name) {
    Assignments assignments = parts.assignments().get();
    List<String> as = new ArrayList<>();
    if (means(assignments, assignments.defaultModel(), name)) {
      as.add("default");
    }
    Map<String, String> aliases = new TreeMap<>(assignments.aliases());
    aliases.forEach((alias, model) -> {
      if (means(assignments, model, name)) {
        as.add(ASSIGNMENT.matcher(alias).lookingAt() ? alias : "alias:" + alias);
      }
    });
    return as;
  }

  private static boolean means(Assignments assignments, String text, ModelName name) {
    String real = assignments.alias(text).orElse(text);
    return ModelName.parse(real).filter(one -> one.key().equals(name.key())).isPresent();
  }

  private static String sentence(String as) {
    if (as.equals("default")) {
      return "it is the default model";
    }
    String[] parts = as.split(":", 2);
    return "the " + parts[0] + " '" + parts[1] + "' means it";
  }

  private String ago(Instant at) {
    Duration span = Duration.between(at, parts.clock().instant());
    if (span.toHours() > 0) {
      return span.toHours() == 1 ? "an hour" : span.toHours() + " hours";
    }
    return span.toMinutes() > 1 ? span.toMinutes() + " minutes" : "a moment";
  }
}
