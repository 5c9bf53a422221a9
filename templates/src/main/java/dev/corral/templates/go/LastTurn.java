package dev.corral.templates.go;

import dev.corral.templates.go.GoNode.Case;
import dev.corral.templates.go.GoNode.Command;
import dev.corral.templates.go.GoNode.Operand;
import dev.corral.templates.go.GoNode.Pipeline;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A template cut behind its first `.Response`: what stands there is for turns that are over, and
/// the last one is still to be answered. Ollama's `deleteNode`.
final class LastTurn {
  private boolean cut;

  private LastTurn() {}

  static List<GoNode> of(List<GoNode> nodes) {
    return new LastTurn().nodes(nodes);
  }

  private List<GoNode> nodes(List<GoNode> nodes) {
    List<GoNode> kept = new ArrayList<>();
    for (GoNode node : nodes) {
      GoNode part = cut ? null : node(node);
      if (part != null) {
        kept.add(part);
      }
    }
    return kept;
  }

  private @Nullable GoNode node(GoNode node) {
    return switch (node) {
      case GoNode.Action(Pipeline pipeline) -> {
        Pipeline kept = pipeline(pipeline);
        yield kept == null ? null : new GoNode.Action(kept);
      }
      case GoNode.Branch(boolean with, List<Case> cases, List<GoNode> otherwise) -> {
        List<Case> kept = new ArrayList<>();
        for (Case each : cases) {
          kept.add(new Case(each.pipeline(), nodes(each.body())));
        }
        yield new GoNode.Branch(with, kept, nodes(otherwise));
      }
      case GoNode.Range(Pipeline pipeline, List<GoNode> body, List<GoNode> otherwise) ->
          new GoNode.Range(pipeline, nodes(body), nodes(otherwise));
      case GoNode.Text _, GoNode.Part _, GoNode.Break _, GoNode.Continue _ -> node;
    };
  }

  /// Null where a command loses all its words.
  private @Nullable Pipeline pipeline(Pipeline pipeline) {
    List<Command> commands = new ArrayList<>();
    for (Command command : pipeline.commands()) {
      List<Operand> kept = new ArrayList<>();
      for (Operand operand : command.operands()) {
        Operand part = cut ? null : operand(operand);
        if (part != null) {
          kept.add(part);
        }
      }
      if (kept.isEmpty()) {
        return null;
      }
      commands.add(new Command(kept));
    }
    return new Pipeline(pipeline.variables(), pipeline.assigns(), commands, pipeline.line());
  }

  private @Nullable Operand operand(Operand operand) {
    if (operand instanceof Operand.Field(List<String> names) && names.contains("Response")) {
      cut = true;
    }
    if (operand instanceof Operand.Parenthesized(Pipeline pipeline)) {
      Pipeline kept = pipeline(pipeline);
      return kept == null ? null : new Operand.Parenthesized(kept);
    }
    return operand;
  }
}
