package dev.corral.route;

import dev.corral.assign.Assignments;
import dev.corral.fleet.Backend;
import dev.corral.fleet.FleetSnapshot;
import dev.corral.model.ModelName;
import dev.corral.route.Plan.Candidate;
import dev.corral.route.Refusal.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Chooses who answers. Pure: the same request and the same snapshots give the same plan, but for
/// the live load that breaks ties.
///
/// The order of names is that of docs/names.md: an alias, then nobody's name, then a model as
/// Ollama would read it. The order of candidates: those that hold the model before those that only
/// might; among equals those that are up, not failing, have it in memory, and are least busy.
public final class Router {
  /// Prefixes that are reserved for assignments.
  private static final List<String> RESERVED = List.of("tier", "role", "profile");

  /// How every tag ends that [ModelName#cloud()] knows; a quick look before the parsing.
  private static final String CLOUD = "cloud";

  /// Host, namespace, model and tag at their longest, with what stands between them.
  private static final int LONGEST_NAME = 350 + 3 * 80 + 3;

  /// An alias may point at an alias; a chain that is longer than this goes in a circle.
  private static final int MAX_ALIASES = 8;

  private Router() {}

  public static Decision plan(Asked asked, FleetSnapshot fleet, Assignments assignments) {
    List<String> steps = new ArrayList<>(2);
    String name = stripped(asked.model());
    boolean defaulted = false;
    for (int hops = 0; hops <= MAX_ALIASES; hops++) {
      Optional<String> alias = assignments.alias(name);
      if (alias.isPresent()) {
        steps.add("'" + name + "' is an alias of '" + alias.get() + "'");
        name = stripped(alias.get());
      } else if (!defaulted && nobodys(name) && !assignments.defaultModel().isEmpty()) {
        steps.add(assignments.defaultWords());
        name = stripped(assignments.defaultModel());
        defaulted = true;
      } else {
        if (name.isEmpty()) {
          return noName(steps);
        }
        return reserves(name)
            ? reserved(name, assignments, steps)
            : candidates(asked, name, fleet, steps);
      }
    }
    return new Refusal(
        Kind.UNKNOWN_ASSIGNMENT,
        name,
        "The alias '" + asked.model() + "' leads in a circle",
        "Mend 'aliases:' in corral.yaml.",
        List.copyOf(steps));
  }

  private static boolean nobodys(String name) {
    return name.isEmpty() || name.equalsIgnoreCase("default");
  }

  private static Refusal noName(List<String> steps) {
    return new Refusal(
        Kind.NO_NAME,
        "",
        "No model was named",
        "Name one, choose one for everybody with: corral use MODEL, or set 'default:' in"
            + " corral.yaml.",
        List.copyOf(steps));
  }

  private static Decision candidates(
      Asked asked, String name, FleetSnapshot fleet, List<String> steps) {
    List<Backend> open = fleet.open();
    List<Backend> holders = new ArrayList<>(open.size());
    boolean remote = false;
    for (Backend backend : open) {
      if (backend.holds(name)) {
        if (leaves(backend, name)) {
          remote = true;
        } else {
          holders.add(backend);
        }
      }
    }
    Optional<Refusal> bad = holders.isEmpty() ? refused(name, remote, steps) : Optional.empty();
    if (bad.isPresent()) {
      return bad.get();
    }
    List<Candidate> candidates = new ArrayList<>(holders.size());
    for (Backend backend : ordered(holders, name)) {
      if (asked.openai() || backend.ollama()) {
        candidates.add(new Candidate(backend, why(backend, name)));
      }
    }
    if (candidates.isEmpty()) {
      // The snapshot may be older than a pull that somebody made beside us: the nodes know best.
      for (Backend backend : ordered(open, name)) {
        if (backend.ollama()) {
          candidates.add(new Candidate(backend, "not seen on any backend yet; asked there"));
        }
      }
    }
    if (candidates.isEmpty()) {
      return nobody(name, fleet, steps);
    }
    return new Plan(
        asked.model(), name, !name.equals(asked.model()), List.copyOf(steps), candidates);
  }

  /// True where the node would pass the request on to its vendor's cloud.
  private static boolean leaves(Backend backend, String name) {
    return backend.ollama() && (cloud(name) || backend.remote(name));
  }

  private static boolean cloud(String name) {
    return name.regionMatches(true, name.length() - CLOUD.length(), CLOUD, 0, CLOUD.length())
        && ModelName.parse(name).filter(ModelName::cloud).isPresent();
  }

  /// Names that mean an assignment and never a model: `tier:pro`.
  public static boolean reserves(String name) {
    int colon = name.indexOf(':');
    return colon >= 0
        && !name.contains("/")
        && RESERVED.contains(name.substring(0, colon).toLowerCase(Locale.ROOT))
        && ModelName.parse(name).isPresent();
  }

  /// A node that has a model of such a name does not take the name over.
  private static Refusal reserved(String name, Assignments assignments, List<String> steps) {
    int colon = name.indexOf(':');
    String prefix = name.substring(0, colon).toLowerCase(Locale.ROOT);
    List<String> known =
        assignments.aliases().keySet().stream()
            .filter(alias -> alias.startsWith(prefix + ":"))
            .sorted()
            .toList();
    return new Refusal(
        Kind.UNKNOWN_ASSIGNMENT,
        name,
        "No " + prefix + " is called '" + name.substring(colon + 1) + "'",
        known.isEmpty()
            ? "No " + prefix + " is configured; name a model: corral list"
            : "There are: " + String.join(", ", known),
        List.copyOf(steps));
  }

  /// @param remote true where a node lists the model as one of its vendor's cloud
  private static Optional<Refusal> refused(String name, boolean remote, List<String> steps) {
    if (!harmless(name)) {
      return Optional.of(
          new Refusal(Kind.BAD_NAME, name, "invalid model name", "", List.copyOf(steps)));
    }
    if (remote || cloud(name)) {
      return Optional.of(
          new Refusal(
              Kind.CLOUD_NAME,
              name,
              "'" + name + "' is served by its vendor's cloud, and nothing leaves this network",
              "",
              List.copyOf(steps)));
    }
    return Optional.empty();
  }

  /// Names that no backend of any kind could mean, or that look like a way out of a folder, end
  /// here. Others that Ollama's grammar does not know (`model@rev`) are the backend's to judge.
  private static boolean harmless(String name) {
    if (name.length() > LONGEST_NAME || name.contains("..") || name.startsWith("/")) {
      return false;
    }
    return name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '\\');
  }

  private static Decision nobody(String name, FleetSnapshot fleet, List<String> steps) {
    if (fleet.backends().isEmpty()) {
      return new Refusal(
          Kind.NO_BACKEND,
          name,
          "No backend is configured and none was found",
          "Start Ollama, or name one under 'backends:' in corral.yaml.",
          List.copyOf(steps));
    }
    return new Refusal(
        Kind.UNREACHABLE,
        name,
        "No backend that could answer is open: they are draining, or lead back to this instance",
        "See them: corral backends list",
        List.copyOf(steps));
  }

  private static List<Backend> ordered(List<Backend> backends, String name) {
    if (backends.size() < 2) {
      return backends;
    }
    return backends.stream()
        .sorted(
            Comparator.<Backend>comparingInt(backend -> rank(backend.state()))
                .thenComparing(backend -> backend.load().suspect())
                .thenComparing(backend -> !backend.loaded(name))
                .thenComparingDouble(
                    backend -> backend.load().inFlight() / backend.settings().weight()))
        .toList();
  }

  private static int rank(Backend.State state) {
    return switch (state) {
      case UP -> 0;
      case UNKNOWN -> 1;
      case DOWN -> 2;
      case OURSELVES -> 3;
    };
  }

  private static String why(Backend backend, String name) {
    String state =
        switch (backend.state()) {
          case UP -> "";
          case UNKNOWN -> ", not looked at yet";
          case DOWN -> ", down when last seen";
          case OURSELVES -> ", this very instance";
        };
    return (backend.loaded(name) ? "in memory there" : "on its disk") + state;
  }

  /// A leading `ollama/` is how some clients say where a model lives.
  private static String stripped(String name) {
    return name.startsWith("ollama/") ? name.substring("ollama/".length()) : name;
  }
}
