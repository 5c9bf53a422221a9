package dev.corral.templates.go;

import dev.corral.templates.go.GoNode.Case;
import dev.corral.templates.go.GoNode.Command;
import dev.corral.templates.go.GoNode.Operand;
import dev.corral.templates.go.GoNode.Pipeline;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The names a template speaks of, in lower case: they tell whether it takes messages or single
/// turns, and what it can do. Ollama's `Vars`.
final class Identifiers {
  private final Set<String> names = new HashSet<>();

  private Identifiers() {}

  static Set<String> of(GoParser.Parsed parsed) {
    Identifiers found = new Identifiers();
    found.nodes(parsed.nodes());
    parsed.named().values().forEach(found::nodes);
    return Set.copyOf(found.names);
  }

  private void nodes(List<GoNode> nodes) {
    for (GoNode node : nodes) {
      switch (node) {
        case GoNode.Action(Pipeline pipeline) -> pipeline(pipeline);
        case GoNode.Branch branch -> {
          for (Case each : branch.cases()) {
            pipeline(each.pipeline());
            nodes(each.body());
          }
          nodes(branch.otherwise());
        }
        case GoNode.Range range -> {
          pipeline(range.pipeline());
          nodes(range.body());
          nodes(range.otherwise());
        }
        case GoNode.Part part -> part.value().ifPresent(this::pipeline);
        case GoNode.Text _, GoNode.Break _, GoNode.Continue _ -> {}
      }
    }
  }

  private void pipeline(Pipeline pipeline) {
    for (Command command : pipeline.commands()) {
      for (Operand operand : command.operands()) {
        switch (operand) {
          case Operand.Field(List<String> fields) -> add(fields);
          case Operand.Variable(String name, List<String> fields) -> {
            add(List.of(name));
            add(fields);
          }
          case Operand.Parenthesized(Pipeline inner) -> pipeline(inner);
          case Operand.Dot _,
              Operand.NilWord _,
              Operand.Constant _,
              Operand.Chain _,
              Operand.Function _ -> {}
        }
      }
    }
  }

  private void add(List<String> more) {
    more.forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
  }
}
