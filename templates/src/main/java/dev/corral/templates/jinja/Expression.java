package dev.corral.templates.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What has a value. Chains of one kind (`a + b + c`, `a and b and c`) are flat lists, so that
/// their length costs no depth.
sealed interface Expression {
  record Constant(Value value) implements Expression {}

  record Name(String name) implements Expression {}

  record ListOf(List<Expression> items) implements Expression {}

  record TupleOf(List<Expression> items) implements Expression {}

  record DictOf(List<Pair> pairs) implements Expression {}

  record Pair(Expression key, Expression value) {}

  /// `target.name`: methods and attributes first, then entries.
  record Attribute(Expression target, String name) implements Expression {}

  /// `target[key]`: entries first, then attributes.
  record Entry(Expression target, Expression key) implements Expression {}

  record Slice(
      Expression target,
      @Nullable Expression from,
      @Nullable Expression to,
      @Nullable Expression step)
      implements Expression {}

  record Call(Expression target, Given given) implements Expression {}

  /// @param target null at the head of a filter block, whose body is the subject
  record Filter(@Nullable Expression target, String name, Given given) implements Expression {}

  record Test(Expression target, String name, Given given, boolean negated) implements Expression {}

  /// What computes with the values of its operands.
  sealed interface Operation extends Expression {}

  record Not(Expression operand) implements Operation {}

  /// `-x` or `+x`.
  record Signed(Expression operand, boolean negative) implements Operation {}

  /// `+ - * / // % **`, from left to right.
  record Arithmetic(Expression first, List<Term> rest) implements Operation {}

  /// `~`: everything printed, one after the other.
  record Concatenation(List<Expression> parts) implements Operation {}

  /// `a < b <= c in d`: true where each neighbouring pair agrees.
  record Comparison(Expression first, List<Term> rest) implements Operation {}

  record Term(String operator, Expression operand) {}

  record And(List<Expression> operands) implements Operation {}

  record Or(List<Expression> operands) implements Operation {}

  /// `then if condition else otherwise`; undefined where there is no else.
  record Conditional(Expression condition, Expression then, @Nullable Expression otherwise)
      implements Operation {}

  /// The arguments of a call as they are written.
  ///
  /// @param spread the list behind `*`
  /// @param spreadNamed the mapping behind `**`
  record Given(
      List<Expression> positional,
      List<Named> named,
      @Nullable Expression spread,
      @Nullable Expression spreadNamed) {
    static final Given NOTHING = new Given(List.of(), List.of(), null, null);
  }

  record Named(String name, Expression value) {}
}
