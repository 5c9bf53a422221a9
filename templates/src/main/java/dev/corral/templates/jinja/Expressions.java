package dev.corral.templates.jinja;

import dev.corral.templates.Meter;
import dev.corral.templates.Out;
import dev.corral.templates.TemplateFailure;
import dev.corral.templates.jinja.Expression.Given;
import dev.corral.templates.jinja.Expression.Named;
import dev.corral.templates.jinja.Expression.Pair;
import dev.corral.templates.jinja.Expression.Term;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Evaluates expressions.
final class Expressions {
  private final Rendering rendering;

  Expressions(Rendering rendering) {
    this.rendering = rendering;
  }

  Value evaluate(Expression expression, Scope scope) {
    return switch (expression) {
      case Expression.Constant(Value value) -> value;
      case Expression.Name(String name) -> name(name, scope);
      default -> {
        meter().enter();
        Value value = compound(expression, scope);
        meter().leave();
        yield value;
      }
    };
  }

  boolean holds(Expression expression, Scope scope) {
    return Operators.truth(evaluate(expression, scope));
  }

  private Value compound(Expression expression, Scope scope) {
    return switch (expression) {
      case Expression.Constant(Value value) -> value;
      case Expression.Name(String name) -> name(name, scope);
      case Expression.ListOf(List<Expression> items) -> Value.Items.list(all(items, scope));
      case Expression.TupleOf(List<Expression> items) ->
          new Value.Items(Value.Items.Kind.TUPLE, all(items, scope));
      case Expression.DictOf(List<Pair> pairs) -> dict(pairs, scope);
      case Expression.Attribute(Expression target, String name) ->
          Access.attribute(evaluate(target, scope), name);
      case Expression.Entry(Expression target, Expression key) ->
          Access.entry(evaluate(target, scope), evaluate(key, scope));
      case Expression.Slice slice -> slice(slice, scope);
      case Expression.Call(Expression target, Given given) ->
          call(evaluate(target, scope), arguments(given, scope));
      case Expression.Filter(Expression target, String name, Given given) ->
          filter(
              name,
              target == null ? Value.EMPTY_TEXT : evaluate(target, scope),
              arguments(given, scope));
      case Expression.Test(Expression target, String name, Given given, boolean negated) ->
          Value.of(test(name, evaluate(target, scope), arguments(given, scope)) != negated);
      case Expression.Operation operation -> operation(operation, scope);
    };
  }

  private Value operation(Expression.Operation operation, Scope scope) {
    return switch (operation) {
      case Expression.Not(Expression operand) -> Value.of(!holds(operand, scope));
      case Expression.Signed(Expression operand, boolean negative) ->
          Arithmetic.signed(evaluate(operand, scope), negative);
      case Expression.Arithmetic(Expression first, List<Term> rest) -> {
        Value value = evaluate(first, scope);
        for (Term term : rest) {
          Value operand = evaluate(term.operand(), scope);
          value = Arithmetic.apply(term.operator(), value, operand, rendering);
        }
        yield value;
      }
      case Expression.Concatenation(List<Expression> parts) -> {
        Out out = new Out(meter());
        for (Expression part : parts) {
          PythonText.print(evaluate(part, scope), out);
        }
        yield Value.of(out);
      }
      case Expression.Comparison(Expression first, List<Term> rest) ->
          Value.of(compare(first, rest, scope));
      case Expression.And(List<Expression> operands) -> decide(operands, false, scope);
      case Expression.Or(List<Expression> operands) -> decide(operands, true, scope);
      case Expression.Conditional(Expression condition, Expression then, Expression otherwise) ->
          holds(condition, scope)
              ? evaluate(then, scope)
              : otherwise == null
                  ? new Value.Undefined("the value of an if without else")
                  : evaluate(otherwise, scope);
    };
  }

  private static Value name(String name, Scope scope) {
    Value value = scope.find(name);
    if (value == null) {
      value = Functions.find(name);
    }
    return value == null ? new Value.Undefined(name) : value;
  }

  private List<Value> all(List<Expression> expressions, Scope scope) {
    meter().entries(expressions.size());
    List<Value> values = new ArrayList<>(expressions.size());
    for (Expression expression : expressions) {
      values.add(evaluate(expression, scope));
    }
    return values;
  }

  private Value dict(List<Pair> pairs, Scope scope) {
    meter().entries(pairs.size());
    Map<Value, Value> entries = LinkedHashMap.newLinkedHashMap(pairs.size());
    for (Pair pair : pairs) {
      entries.put(Sequences.key(evaluate(pair.key(), scope)), evaluate(pair.value(), scope));
    }
    return new Value.Dict(entries);
  }

  private Value slice(Expression.Slice slice, Scope scope) {
    return Sequences.slice(
        evaluate(slice.target(), scope),
        bound(slice.from(), scope),
        bound(slice.to(), scope),
        bound(slice.step(), scope),
        meter());
  }

  private Value bound(@Nullable Expression bound, Scope scope) {
    return bound == null ? Value.NONE : evaluate(bound, scope);
  }

  private boolean compare(Expression first, List<Term> rest, Scope scope) {
    Value left = evaluate(first, scope);
    for (Term term : rest) {
      Value right = evaluate(term.operand(), scope);
      if (!Operators.compare(term.operator(), left, right, meter())) {
        return false;
      }
      left = right;
    }
    return true;
  }

  /// The first operand whose truth decides, or the last: `and` and `or` return operands.
  private Value decide(List<Expression> operands, boolean deciding, Scope scope) {
    Value value = Value.NONE;
    for (Expression operand : operands) {
      value = evaluate(operand, scope);
      if (Operators.truth(value) == deciding) {
        break;
      }
    }
    return value;
  }

  Value call(Value callee, Arguments arguments) {
    return switch (callee) {
      case Value.Callable callable -> callable.call(rendering, arguments);
      case Value.LoopVariable(Loop loop) -> loop.recurse(arguments);
      default ->
          throw Operators.undefinedOr(
              callee, callee, "a " + Kinds.of(callee) + " cannot be called");
    };
  }

  Value filter(String name, Value subject, Arguments arguments) {
    Filter filter = Filter.find(name);
    if (filter == null) {
      throw new TemplateFailure("there is no filter '" + name + "'");
    }
    return filter.apply(rendering, subject, arguments);
  }

  boolean test(String name, Value subject, Arguments arguments) {
    Tests.Test test = Tests.find(name);
    if (test == null) {
      throw new TemplateFailure("there is no test '" + name + "'");
    }
    return test.holds(rendering, subject, arguments);
  }

  Arguments arguments(Given given, Scope scope) {
    if (given.equals(Given.NOTHING)) {
      return Arguments.NONE;
    }
    List<Value> positional = all(given.positional(), scope);
    if (given.spread() != null) {
      positional.addAll(Sequences.copy(evaluate(given.spread(), scope), meter()));
    }
    if (given.named().isEmpty() && given.spreadNamed() == null) {
      return new Arguments(positional, Map.of());
    }
    Map<String, Value> named = new LinkedHashMap<>();
    for (Named argument : given.named()) {
      named.put(argument.name(), evaluate(argument.value(), scope));
    }
    if (given.spreadNamed() != null) {
      if (!(evaluate(given.spreadNamed(), scope) instanceof Value.Dict(Map<Value, Value> more))) {
        throw new TemplateFailure("only a mapping can stand behind '**'");
      }
      more.forEach((name, value) -> named.put(PythonText.str(name, rendering).toString(), value));
    }
    return new Arguments(positional, named);
  }

  private Meter meter() {
    return rendering.meter;
  }
}
