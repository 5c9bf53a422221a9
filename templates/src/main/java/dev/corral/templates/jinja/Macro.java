package dev.corral.templates.jinja;

import dev.corral.templates.Out;
import dev.corral.templates.TemplateFailure;
import dev.corral.templates.jinja.Statement.Signature;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A macro, or the body of a `call` block: called with arguments, it gives the text it prints.
///
/// @param outer the names around its definition
record Macro(String name, Signature signature, List<Statement> body, Scope outer)
    implements Value.Callable {
  Macro(Statement.MacroDefinition definition, Scope outer) {
    this(definition.name(), definition.signature(), definition.body(), outer);
  }

  @Override
  public Value call(Rendering rendering, Arguments arguments) {
    int line = rendering.line;
    Scope scope = new Scope(outer);
    bind(rendering, arguments, scope);
    Out out = new Out(rendering.meter);
    rendering.statements.run(body, scope, out);
    rendering.line = line;
    return Value.of(out);
  }

  private void bind(Rendering rendering, Arguments arguments, Scope scope) {
    List<String> parameters = signature.parameters();
    Map<String, Value> named = new LinkedHashMap<>(arguments.named());
    int firstDefault = parameters.size() - signature.defaults().size();
    for (int i = 0; i < parameters.size(); i++) {
      String parameter = parameters.get(i);
      Value byName = named.remove(parameter);
      if (i < arguments.positional().size()) {
        if (byName != null) {
          throw new TemplateFailure("'" + name + "' is given '" + parameter + "' twice");
        }
        scope.set(parameter, arguments.positional().get(i));
      } else if (byName != null) {
        scope.set(parameter, byName);
      } else if (i >= firstDefault) {
        Expression otherwise = signature.defaults().get(i - firstDefault);
        scope.set(parameter, rendering.expressions.evaluate(otherwise, scope));
      } else {
        scope.set(parameter, new Value.Undefined(parameter));
      }
    }
    Value caller = named.remove("caller");
    if (caller != null) {
      scope.set("caller", caller);
    }
    Map<Value, Value> kwargs = new LinkedHashMap<>();
    named.forEach((key, value) -> kwargs.put(Value.text(key), value));
    scope.set("kwargs", new Value.Dict(kwargs));
    scope.set(
        "varargs",
        new Value.Items(
            Value.Items.Kind.TUPLE,
            new ArrayList<>(arguments.after(parameters.size()).positional())));
  }
}
