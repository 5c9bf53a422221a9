package dev.corral.templates.jinja;

import dev.corral.templates.MarkedText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a template does. Each has the line it starts at, for error messages.
sealed interface Statement {
  int line();

  record Output(MarkedText text, int line) implements Statement {}

  record Print(Expression value, int line) implements Statement {}

  /// @param branches of which the first true one runs; the else branch has a constant condition
  record If(List<Branch> branches, int line) implements Statement {}

  record Branch(Expression condition, List<Statement> body, int line) {}

  record For(
      Target target,
      Expression source,
      @Nullable Expression condition,
      boolean recursive,
      List<Statement> body,
      List<Statement> otherwise,
      int line)
      implements Statement {}

  record Set(Target target, Expression value, int line) implements Statement {}

  record SetBlock(Target target, List<Expression.Filter> filters, List<Statement> body, int line)
      implements Statement {}

  record With(List<Binding> bindings, List<Statement> body, int line) implements Statement {}

  record Binding(Target target, Expression value) {}

  record MacroDefinition(String name, Signature signature, List<Statement> body, int line)
      implements Statement {}

  record CallBlock(Expression.Call call, Signature signature, List<Statement> body, int line)
      implements Statement {}

  record FilterBlock(List<Expression.Filter> filters, List<Statement> body, int line)
      implements Statement {}

  /// A body with names of its own: `generation`, which marks what an assistant said, and
  /// `autoescape`, which means nothing here.
  record Scoped(List<Statement> body, int line) implements Statement {}

  record Break(int line) implements Statement {}

  record Continue(int line) implements Statement {}

  /// @param defaults of the last parameters, as many as have one
  record Signature(List<String> parameters, List<Expression> defaults) {
    static final Signature NOTHING = new Signature(List.of(), List.of());
  }

  /// What an assignment assigns to.
  sealed interface Target {
    record Variable(String name) implements Target {}

    /// `ns.name` of a namespace.
    record Field(String namespace, String name) implements Target {}

    record Several(List<Target> targets) implements Target {}
  }
}
