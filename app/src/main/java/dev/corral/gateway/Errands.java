package dev.corral.gateway;

import dev.corral.dialect.Call;
import dev.corral.dialect.Peeked;
import dev.corral.fleet.Backend;
import dev.corral.fleet.FleetSnapshot;
import dev.corral.model.ModelName;
import dev.corral.route.Decision;
import dev.corral.route.Plan;
import dev.corral.route.Plan.Candidate;
import dev.corral.route.Refusal;
import dev.corral.route.Refusal.Kind;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Where calls that change a node go. What adds something (pull, create, a blob) goes to one node,
/// the first that is up, so that a blob and the model made of it meet; what copies or deletes goes
/// to every node that holds the model.
final class Errands {
  private Errands() {}

  /// @param keeps whether what lies under a hidden name is kept by us
  static Decision plan(
      Peeked.Body asked,
      FleetSnapshot fleet,
      Predicate<String> mayLeaveFor,
      Predicate<String> keeps) {
    Call call = asked.call();
    String model = asked.target();
    List<Backend> nodes = nodes(fleet);
    if (nodes.isEmpty()) {
      return new Refusal(
          Kind.NO_BACKEND,
          model,
          "No Ollama node is there to do this",
          "Start Ollama, or name one under 'backends:' in corral.yaml.",
          List.of());
    }
    Optional<Refusal> kept = kept(asked, keeps);
    if (kept.isPresent()) {
      return kept.get();
    }
    List<Backend> holders = nodes.stream().filter(node -> node.holds(model)).toList();
    List<Backend> chosen =
        switch (call) {
          case COPY, DELETE -> holders.isEmpty() ? nodes.subList(0, 1) : holders;
          case PULL, PUSH -> (holders.isEmpty() ? nodes : holders).subList(0, 1);
          default -> nodes.subList(0, 1);
        };
    Optional<Refusal> no = away(asked, chosen.getFirst(), mayLeaveFor);
    if (no.isPresent()) {
      return no.get();
    }
    List<Candidate> candidates =
        chosen.stream()
            .map(node -> new Candidate(node, holders.contains(node) ? "holds it" : "first node"))
            .toList();
    return new Plan(model, model, false, List.of(), candidates);
  }

  /// An anchor is nobody's to read from, to write over or to remove. A copy onto such a name where
  /// nothing is kept takes nothing away and passes, as all that a node itself allows.
  private static Optional<Refusal> kept(Peeked.Body asked, Predicate<String> keeps) {
    Stream<String> over = Stream.of(asked.destination().orEmpty()).filter(keeps);
    return Stream.concat(Stream.of(asked.target(), asked.from().orEmpty()), over)
        .filter(ModelName::hidden)
        .findFirst()
        .map(name ->
            new Refusal(
                Kind.RESERVED,
                name,
                "'"
                    + name
                    + "' is how Corral keeps what a name meant before; nobody else may touch it",
                "What is kept tells: corral sizes",
                List.of()));
  }

  /// A name with a host in it sends a node out into the network. Our own node judges that itself.
  private static Optional<Refusal> away(
      Peeked.Body asked, Backend node, Predicate<String> mayLeaveFor) {
    String name =
        switch (asked.call()) {
          case PULL, PUSH -> asked.target();
          case CREATE -> node.holds(asked.from().orEmpty()) ? "" : asked.from().orEmpty();
          default -> "";
        };
    return ModelName.parse(name)
        .map(ModelName::host)
        .filter(host -> !node.target().isInside() && !mayLeaveFor.test(host))
        .map(host ->
            new Refusal(
                Kind.FOREIGN_HOST,
                name,
                "'" + host + "' is not among the hosts that may be asked",
                "If you trust it, add it to corral.yaml: pull.hosts: [default, hf.co, "
                    + host
                    + "], or to pull.registries where it is private or speaks plain http.",
                List.of()));
  }

  /// The node that takes blobs and makes models.
  static Optional<Backend> first(FleetSnapshot fleet) {
    return nodes(fleet).stream().findFirst();
  }

  private static List<Backend> nodes(FleetSnapshot fleet) {
    return fleet.open().stream()
        .filter(Backend::ollama)
        .sorted(Comparator.comparing(node -> node.state() != Backend.State.UP))
        .toList();
  }
}
