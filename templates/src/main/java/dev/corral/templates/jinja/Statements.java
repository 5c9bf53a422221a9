package dev.corral.templates.jinja;

import dev.corral.templates.Out;
import dev.corral.templates.TemplateFailure;
import dev.corral.templates.jinja.Statement.Binding;
import dev.corral.templates.jinja.Statement.Branch;
import dev.corral.templates.jinja.Statement.Target;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Runs statements. What a body prints goes to the [Out] that it is given.
final class Statements {
  private final Rendering rendering;

  Statements(Rendering rendering) {
    this.rendering = rendering;
  }

  /// How a body ended.
  private enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  /// Runs a whole template, or a body of its own, where no loop can be left.
  void run(List<Statement> body, Scope scope, Out out) {
    body(body, scope, out);
  }

  private Flow body(List<Statement> body, Scope scope, Out out) {
    rendering.meter.enter();
    Flow flow = Flow.NEXT;
    for (int i = 0; i < body.size() && flow == Flow.NEXT; i++) {
      flow = statement(body.get(i), scope, out);
    }
    rendering.meter.leave();
    return flow;
  }

  private Flow statement(Statement statement, Scope scope, Out out) {
    rendering.line = statement.line();
    switch (statement) {
      case Statement.Output output -> out.add(output.text());
      case Statement.Print print -> PythonText.print(evaluate(print.value(), scope), out);
      case Statement.If condition -> {
        return branch(condition, scope, out);
      }
      case Statement.For loop -> {
        return loop(loop, evaluate(loop.source(), scope), 0, scope, out);
      }
      case Statement.Set set -> assign(set.target(), evaluate(set.value(), scope), scope);
      case Statement.SetBlock block ->
          assign(
              block.target(),
              filtered(block.filters(), printed(block.body(), scope), scope),
              scope);
      case Statement.With with -> {
        Scope inner = new Scope(scope);
        for (Binding binding : with.bindings()) {
          assign(binding.target(), evaluate(binding.value(), scope), inner);
        }
        return body(with.body(), inner, out);
      }
      case Statement.MacroDefinition macro -> scope.set(macro.name(), new Macro(macro, scope));
      case Statement.CallBlock call -> PythonText.print(callBlock(call, scope), out);
      case Statement.FilterBlock block ->
          PythonText.print(filtered(block.filters(), printed(block.body(), scope), scope), out);
      case Statement.Scoped scoped -> {
        return body(scoped.body(), new Scope(scope), out);
      }
      case Statement.Break _ -> {
        return Flow.BREAK;
      }
      case Statement.Continue _ -> {
        return Flow.CONTINUE;
      }
    }
    return Flow.NEXT;
  }

  private Flow branch(Statement.If condition, Scope scope, Out out) {
    for (Branch branch : condition.branches()) {
      rendering.line = branch.line();
      if (rendering.expressions.holds(branch.condition(), scope)) {
        return body(branch.body(), scope, out);
      }
    }
    return Flow.NEXT;
  }

  private Flow loop(Statement.For statement, Value source, int depth, Scope outer, Out out) {
    Loop loop =
        new Loop(
            rendering,
            Sequences.iterate(source, rendering.meter),
            value -> selected(statement, value, outer),
            depth,
            !statement.recursive() ? null : inner -> recursion(statement, inner, depth, outer));
    Value.LoopVariable variable = new Value.LoopVariable(loop);
    boolean any = false;
    for (Value value = loop.next(); value != null; value = loop.next()) {
      Scope scope = new Scope(outer);
      scope.set("loop", variable);
      assign(statement.target(), value, scope);
      Flow flow = body(statement.body(), scope, out);
      if (flow == Flow.BREAK) {
        break;
      }
      any = any || flow == Flow.NEXT; // as Jinja: a turn that was left early does not count
    }
    return any ? Flow.NEXT : body(statement.otherwise(), new Scope(outer), out);
  }

  private boolean selected(Statement.For statement, Value value, Scope outer) {
    if (statement.condition() == null) {
      return true;
    }
    Scope scope = new Scope(outer);
    assign(statement.target(), value, scope);
    return rendering.expressions.holds(statement.condition(), scope);
  }

  private Value recursion(Statement.For statement, Value source, int depth, Scope outer) {
    Out out = new Out(rendering.meter);
    rendering.meter.enter();
    loop(statement, source, depth + 1, outer, out);
    rendering.meter.leave();
    return Value.of(out);
  }

  private Value printed(List<Statement> body, Scope scope) {
    Out out = new Out(rendering.meter);
    body(body, new Scope(scope), out);
    return Value.of(out);
  }

  private Value filtered(List<Expression.Filter> filters, Value subject, Scope scope) {
    Value value = subject;
    for (Expression.Filter filter : filters) {
      value =
          rendering.expressions.filter(
              filter.name(), value, rendering.expressions.arguments(filter.given(), scope));
    }
    return value;
  }

  private Value callBlock(Statement.CallBlock block, Scope scope) {
    Value callee = evaluate(block.call().target(), scope);
    Arguments given = rendering.expressions.arguments(block.call().given(), scope);
    Map<String, Value> named = new LinkedHashMap<>(given.named());
    named.put("caller", new Macro("caller", block.signature(), block.body(), scope));
    return rendering.expressions.call(callee, new Arguments(given.positional(), named));
  }

  private void assign(Target target, Value value, Scope scope) {
    switch (target) {
      case Target.Variable(String name) -> scope.set(name, value);
      case Target.Field(String namespace, String name) -> {
        if (!(scope.find(namespace) instanceof Value.Namespace(Map<String, Value> fields))) {
          throw new TemplateFailure("'" + namespace + "' is no namespace, so it cannot be changed");
        }
        rendering.meter.entries(1);
        fields.put(name, value);
      }
      case Target.Several(List<Target> targets) -> {
        List<Value> values = Sequences.iterate(value, rendering.meter);
        if (values.size() != targets.size()) {
          throw new TemplateFailure(
              "expected " + targets.size() + " values to unpack, found " + values.size());
        }
        for (int i = 0; i < values.size(); i++) {
          assign(targets.get(i), values.get(i), scope);
        }
      }
    }
  }

  private Value evaluate(Expression expression, Scope scope) {
    return rendering.expressions.evaluate(expression, scope);
  }
}
