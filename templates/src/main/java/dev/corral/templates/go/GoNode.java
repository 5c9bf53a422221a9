package dev.corral.templates.go;

import dev.corral.templates.MarkedText;
import java.util.List;
import java.util.Optional;

/// The parts of a template.
sealed interface GoNode {
  record Text(MarkedText text) implements GoNode {}

  /// A pipeline whose value is printed, unless it sets a variable.
  record Action(Pipeline pipeline) implements GoNode {}

  /// `if` and its `else if`s, or `with` and its `else with`s.
  ///
  /// @param with true where the value becomes the dot
  record Branch(boolean with, List<Case> cases, List<GoNode> otherwise) implements GoNode {}

  record Case(Pipeline pipeline, List<GoNode> body) {}

  record Range(Pipeline pipeline, List<GoNode> body, List<GoNode> otherwise) implements GoNode {}

  /// `template`: a part with a name, run with a value of its own.
  ///
  /// @param value what becomes its dot and its `$`; empty for nothing
  record Part(String name, Optional<Pipeline> value, int line) implements GoNode {}

  record Break(int line) implements GoNode {}

  record Continue(int line) implements GoNode {}

  /// Commands of which each gets the value of the one before as its last argument.
  ///
  /// @param variables that are set to the value
  /// @param assigns true for `=`, which needs variables that are there; false for `:=`
  record Pipeline(List<String> variables, boolean assigns, List<Command> commands, int line) {}

  record Command(List<Operand> operands) {}

  /// One word of a command.
  sealed interface Operand {
    record Dot() implements Operand {}

    record NilWord() implements Operand {}

    record Constant(GoValue value) implements Operand {}

    /// `.A.B`
    record Field(List<String> names) implements Operand {}

    /// `$x.A.B`
    record Variable(String name, List<String> names) implements Operand {}

    /// `(…).A.B`
    record Chain(Operand target, List<String> names) implements Operand {}

    record Function(String name) implements Operand {}

    record Parenthesized(Pipeline pipeline) implements Operand {}
  }
}
