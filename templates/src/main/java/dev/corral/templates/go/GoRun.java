package dev.corral.templates.go;

import dev.corral.templates.MarkedText;
import dev.corral.templates.Meter;
import dev.corral.templates.Out;
import dev.corral.templates.TemplateFailure;
import dev.corral.templates.go.GoNode.Case;
import dev.corral.templates.go.GoNode.Command;
import dev.corral.templates.go.GoNode.Operand;
import dev.corral.templates.go.GoNode.Pipeline;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One run of a template over one value. Used by one thread, once.
final class GoRun {
  final Meter meter;
  final Clock clock;

  /// The line that is being run, for error messages.
  int line;

  private final Map<String, List<GoNode>> named;
  private final Out out;
  private List<Variable> variables = new ArrayList<>();

  /// @param named the parts that have a name
  GoRun(Map<String, List<GoNode>> named, Meter meter, Clock clock, Out out) {
    this.named = named;
    this.meter = meter;
    this.clock = clock;
    this.out = out;
  }

  private record Variable(String name, GoValue value) {}

  /// How a body ended.
  private enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  void run(List<GoNode> nodes, GoValue data) {
    variables.clear();
    variables.add(new Variable("$", data));
    body(nodes, data);
  }

  private Flow body(List<GoNode> nodes, GoValue dot) {
    meter.enter();
    Flow flow = Flow.NEXT;
    for (int i = 0; i < nodes.size() && flow == Flow.NEXT; i++) {
      flow = node(nodes.get(i), dot);
    }
    meter.leave();
    return flow;
  }

  private Flow node(GoNode node, GoValue dot) {
    meter.step();
    return switch (node) {
      case GoNode.Text(MarkedText text) -> {
        out.add(text);
        yield Flow.NEXT;
      }
      case GoNode.Action(Pipeline pipeline) -> {
        GoValue value = pipeline(pipeline, dot);
        if (pipeline.variables().isEmpty()) {
          GoText.print(value, out);
        }
        yield Flow.NEXT;
      }
      case GoNode.Branch branch -> branch(branch, dot);
      case GoNode.Range range -> range(range, dot);
      case GoNode.Part part -> {
        part(part, dot);
        yield Flow.NEXT;
      }
      case GoNode.Break _ -> Flow.BREAK;
      case GoNode.Continue _ -> Flow.CONTINUE;
    };
  }

  private void part(GoNode.Part part, GoValue dot) {
    line = part.line();
    List<GoNode> body = named.get(part.name());
    if (body == null) {
      throw new TemplateFailure("there is no part '" + part.name() + "'");
    }
    GoValue value = part.value().map(pipeline -> pipeline(pipeline, dot)).orElse(GoValue.NIL);
    List<Variable> outer = variables;
    variables = new ArrayList<>(List.of(new Variable("$", value)));
    body(body, value);
    variables = outer;
  }

  private Flow branch(GoNode.Branch branch, GoValue dot) {
    int known = variables.size();
    Flow flow = null;
    for (Case each : branch.cases()) {
      GoValue value = pipeline(each.pipeline(), dot);
      if (GoValue.isTrue(value)) {
        flow = body(each.body(), branch.with() ? value : dot);
        break;
      }
    }
    flow = flow == null ? body(branch.otherwise(), dot) : flow;
    forget(known);
    return flow;
  }

  private Flow range(GoNode.Range range, GoValue dot) {
    int known = variables.size();
    GoValue source = pipeline(range.pipeline(), dot);
    int mark = variables.size();
    boolean any = false;
    Flow flow = Flow.NEXT;
    switch (source) {
      case GoValue.Slice slice -> {
        for (int i = 0; i < slice.items().size() && flow != Flow.BREAK; i++) {
          any = true;
          flow = turn(range, new GoValue.Int(i), slice.items().get(i), mark);
        }
      }
      case GoValue.Dict dict -> {
        for (Map.Entry<String, GoValue> entry : dict.entries().entrySet()) {
          any = true;
          GoValue key = new GoValue.Text(MarkedText.user(entry.getKey()));
          flow = turn(range, key, entry.getValue(), mark);
          if (flow == Flow.BREAK) {
            break;
          }
        }
      }
      case GoValue.Int(long times) when range.pipeline().variables().size() < 2 -> {
        for (long i = 0; i < times && flow != Flow.BREAK; i++) {
          any = true;
          flow = turn(range, GoValue.NIL, new GoValue.Int(i), mark);
        }
      }
      case GoValue.Nil _ -> {}
      default ->
          throw new TemplateFailure(
              "'range' cannot go through a value of type " + GoValue.typeOf(source));
    }
    flow = any ? Flow.NEXT : body(range.otherwise(), dot);
    forget(known);
    return flow;
  }

  private Flow turn(GoNode.Range range, GoValue index, GoValue item, int mark) {
    Pipeline pipeline = range.pipeline();
    List<String> names = pipeline.variables();
    for (int i = 0; i < names.size(); i++) {
      GoValue value = names.size() == 2 && i == 0 ? index : item;
      if (pipeline.assigns()) {
        assign(names.get(i), value);
      } else { // those that the pipeline itself has just declared
        variables.set(mark - names.size() + i, new Variable(names.get(i), value));
      }
    }
    Flow flow = body(range.body(), item);
    forget(mark);
    return flow;
  }

  private void forget(int known) {
    variables.subList(known, variables.size()).clear();
  }

  private GoValue pipeline(Pipeline pipeline, GoValue dot) {
    line = pipeline.line();
    meter.enter();
    GoValue value = null;
    for (Command command : pipeline.commands()) {
      value = command(command, dot, value);
    }
    GoValue result = value == null ? GoValue.NIL : value;
    for (String name : pipeline.variables()) {
      if (pipeline.assigns()) {
        assign(name, result);
      } else {
        meter.entries(1);
        variables.add(new Variable(name, result));
      }
    }
    meter.leave();
    return result;
  }

  private void assign(String name, GoValue value) {
    variables.set(position(name), new Variable(name, value));
  }

  private int position(String name) {
    for (int i = variables.size() - 1; i >= 0; i--) {
      if (variables.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new TemplateFailure("undefined variable '" + name + "'");
  }

  /// @param last the value of the command before, which is this one's last argument; null at first
  private GoValue command(Command command, GoValue dot, @Nullable GoValue last) {
    List<Operand> operands = command.operands();
    Operand first = operands.getFirst();
    if (first instanceof Operand.Function(String name)) {
      return call(name, operands.subList(1, operands.size()), dot, last);
    }
    if (first instanceof Operand.NilWord) {
      throw new TemplateFailure("nil is not a command");
    }
    if (operands.size() > 1 || last != null) {
      throw new TemplateFailure("only a function takes arguments");
    }
    return value(first, dot);
  }

  private GoValue value(Operand operand, GoValue dot) {
    return switch (operand) {
      case Operand.Dot _ -> dot;
      case Operand.NilWord _ -> GoValue.NIL;
      case Operand.Constant(GoValue value) -> value;
      case Operand.Field(List<String> names) -> fields(dot, names);
      case Operand.Variable(String name, List<String> names) ->
          fields(variables.get(position(name)).value(), names);
      case Operand.Chain(Operand target, List<String> names) -> fields(value(target, dot), names);
      case Operand.Function(String name) -> call(name, List.of(), dot, null);
      case Operand.Parenthesized(Pipeline pipeline) -> pipeline(pipeline, dot);
    };
  }

  private GoValue call(String name, List<Operand> operands, GoValue dot, @Nullable GoValue last) {
    boolean decides = name.equals("and") || name.equals("or");
    List<GoValue> arguments = new ArrayList<>(operands.size() + 1);
    for (Operand operand : operands) {
      meter.step();
      GoValue value = value(operand, dot);
      if (decides && GoValue.isTrue(value) == name.equals("or")) {
        return value;
      }
      arguments.add(value);
    }
    if (last != null) {
      arguments.add(last);
    }
    return GoFunctions.call(name, this, arguments);
  }

  /// A chain that starts at nothing gives nothing; one that meets nothing on its way is an error.
  private static GoValue fields(GoValue target, List<String> names) {
    GoValue value = target;
    for (int i = 0; i < names.size(); i++) {
      if (i > 0 && value instanceof GoValue.Nil) {
        throw new TemplateFailure(
            "'" + names.get(i - 1) + "' is nothing, so it has no '" + names.get(i) + "'");
      }
      value = field(value, names.get(i));
    }
    return value;
  }

  private static GoValue field(GoValue target, String name) {
    return switch (target) {
      case GoValue.Nil _ -> GoValue.NIL;
      case GoValue.Dict dict -> dict.entries().getOrDefault(name, dict.zero());
      case GoValue.Struct struct -> {
        GoValue value = struct.find(name);
        if (value == null) {
          throw missing(target, name);
        }
        yield value;
      }
      default -> throw missing(target, name);
    };
  }

  private static TemplateFailure missing(GoValue target, String name) {
    return new TemplateFailure(
        "a value of type " + GoValue.typeOf(target) + " has no '" + name + "'");
  }
}
