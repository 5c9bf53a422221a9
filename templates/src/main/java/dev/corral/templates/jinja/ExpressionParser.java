package dev.corral.templates.jinja;

import dev.corral.templates.MarkedText;
import dev.corral.templates.TemplateFailure;
import dev.corral.templates.jinja.Expression.Given;
import dev.corral.templates.jinja.Expression.Named;
import dev.corral.templates.jinja.Expression.Pair;
import dev.corral.templates.jinja.Expression.Term;
import dev.corral.templates.jinja.Token.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Parses expressions by Jinja's grammar, one method for each level of precedence, loosest first.
final class ExpressionParser {
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
  private static final Set<String> SUMS = Set.of("+", "-");
  private static final Set<String> PRODUCTS = Set.of("*", "/", "//", "%");
  private static final Set<String> POWERS = Set.of("**");

  private final Tokens tokens;

  ExpressionParser(Tokens tokens) {
    this.tokens = tokens;
  }

  Expression expression() {
    tokens.enter();
    Expression then = or();
    while (tokens.skipName("if")) {
      Expression condition = or();
      Expression otherwise = tokens.skipName("else") ? expression() : null;
      then = new Expression.Conditional(condition, then, otherwise);
    }
    tokens.leave();
    return then;
  }

  /// One expression, or with commas a tuple.
  Expression expressions() {
    return tuple(this::expression, false);
  }

  /// As [#expressions()], but an `if` behind it belongs to the tag.
  Expression withoutCondition() {
    return tuple(this::or, false);
  }

  private Expression tuple(Supplier<Expression> item, boolean mayBeEmpty) {
    List<Expression> items = new ArrayList<>();
    boolean comma = false;
    while (!atEndOfTuple()) {
      items.add(item.get());
      if (!tokens.skipOperator(",")) {
        break;
      }
      comma = true;
    }
    if (items.size() == 1 && !comma) {
      return items.getFirst();
    }
    if (items.isEmpty() && !mayBeEmpty) {
      throw tokens.failure("expected an expression, found " + tokens.current().told());
    }
    return new Expression.TupleOf(items);
  }

  private boolean atEndOfTuple() {
    Token token = tokens.current();
    return token.kind() == Kind.PRINT_END || token.kind() == Kind.TAG_END || token.operator(")");
  }

  private Expression or() {
    Expression first = and();
    if (!tokens.current().name("or")) {
      return first;
    }
    List<Expression> operands = new ArrayList<>(List.of(first));
    while (tokens.skipName("or")) {
      operands.add(and());
    }
    return new Expression.Or(operands);
  }

  private Expression and() {
    Expression first = not();
    if (!tokens.current().name("and")) {
      return first;
    }
    List<Expression> operands = new ArrayList<>(List.of(first));
    while (tokens.skipName("and")) {
      operands.add(not());
    }
    return new Expression.And(operands);
  }

  private Expression not() {
    if (!tokens.skipName("not")) {
      return comparison();
    }
    tokens.enter();
    Expression operand = not();
    tokens.leave();
    return new Expression.Not(operand);
  }

  private Expression comparison() {
    Expression first = sum();
    List<Term> rest = new ArrayList<>();
    while (true) {
      Token token = tokens.current();
      if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
        tokens.next();
        rest.add(new Term(token.text(), sum()));
      } else if (tokens.skipName("in")) {
        rest.add(new Term("in", sum()));
      } else if (token.name("not") && tokens.following().name("in")) {
        tokens.next();
        tokens.next();
        rest.add(new Term("not in", sum()));
      } else {
        return rest.isEmpty() ? first : new Expression.Comparison(first, rest);
      }
    }
  }

  private Expression sum() {
    return chain(SUMS, this::concatenation);
  }

  private Expression concatenation() {
    Expression first = product();
    if (!tokens.current().operator("~")) {
      return first;
    }
    List<Expression> parts = new ArrayList<>(List.of(first));
    while (tokens.skipOperator("~")) {
      parts.add(product());
    }
    return new Expression.Concatenation(parts);
  }

  private Expression product() {
    return chain(PRODUCTS, this::power);
  }

  private Expression power() {
    return chain(POWERS, () -> unary(true));
  }

  private Expression chain(Set<String> operators, Supplier<Expression> operand) {
    Expression first = operand.get();
    List<Term> rest = new ArrayList<>();
    while (tokens.current().kind() == Kind.OPERATOR
        && operators.contains(tokens.current().text())) {
      String operator = tokens.next().text();
      rest.add(new Term(operator, operand.get()));
    }
    return rest.isEmpty() ? first : new Expression.Arithmetic(first, rest);
  }

  private Expression unary(boolean withFilter) {
    tokens.enter();
    Expression operand;
    if (tokens.skipOperator("-")) {
      operand = new Expression.Signed(unary(false), true);
    } else if (tokens.skipOperator("+")) {
      operand = new Expression.Signed(unary(false), false);
    } else {
      operand = primary();
    }
    operand = trailers(operand, withFilter);
    tokens.leave();
    return operand;
  }

  private Expression primary() {
    Token token = tokens.next();
    return switch (token.kind()) {
      case NAME ->
          switch (token.text()) {
            case "true", "True" -> new Expression.Constant(Value.TRUE);
            case "false", "False" -> new Expression.Constant(Value.FALSE);
            case "none", "None" -> new Expression.Constant(Value.NONE);
            default -> new Expression.Name(token.text());
          };
      case STRING -> string(token);
      case INTEGER -> new Expression.Constant(new Value.Int(integer(token)));
      case FLOAT -> new Expression.Constant(new Value.Real(Double.parseDouble(token.text())));
      case OPERATOR ->
          switch (token.text()) {
            case "(" -> {
              Expression inner = tuple(this::expression, true);
              tokens.expectOperator(")");
              yield inner;
            }
            case "[" -> list();
            case "{" -> dict();
            default -> throw unexpected(token);
          };
      default -> throw unexpected(token);
    };
  }

  private static TemplateFailure unexpected(Token token) {
    return new TemplateFailure("unexpected " + token.told(), token.line());
  }

  private Expression string(Token first) {
    StringBuilder text = new StringBuilder(first.text());
    while (tokens.current().kind() == Kind.STRING) {
      text.append(tokens.next().text());
    }
    return new Expression.Constant(new Value.Text(MarkedText.trusted(text.toString())));
  }

  private BigInteger integer(Token token) {
    String digits = token.text().replace("_", "").toLowerCase(Locale.ROOT);
    int radix = digits.startsWith("0x") ? 16 : digits.startsWith("0o") ? 8 : 10;
    radix = digits.startsWith("0b") ? 2 : radix;
    try {
      return new BigInteger(radix == 10 ? digits : digits.substring(2), radix);
    } catch (NumberFormatException _) {
      throw unexpected(token);
    }
  }

  private Expression list() {
    List<Expression> items = new ArrayList<>();
    while (!tokens.current().operator("]")) {
      items.add(expression());
      if (!tokens.skipOperator(",")) {
        break;
      }
    }
    tokens.expectOperator("]");
    return new Expression.ListOf(items);
  }

  private Expression dict() {
    List<Pair> pairs = new ArrayList<>();
    while (!tokens.current().operator("}")) {
      Expression key = expression();
      tokens.expectOperator(":");
      pairs.add(new Pair(key, expression()));
      if (!tokens.skipOperator(",")) {
        break;
      }
    }
    tokens.expectOperator("}");
    return new Expression.DictOf(pairs);
  }

  /// What follows an operand: `.name`, `[key]`, `(arguments)`, and with filters also `|filter` and
  /// `is test`. Each wraps what stands before it, so each counts as a level.
  private Expression trailers(Expression operand, boolean withFilter) {
    Expression result = operand;
    int levels = 0;
    boolean filtered = false;
    while (true) {
      Token token = tokens.current();
      if (!filtered && tokens.skipOperator(".")) {
        result = attribute(result);
      } else if (!filtered && tokens.skipOperator("[")) {
        result = subscript(result);
      } else if (token.operator("(")) {
        result = new Expression.Call(result, given());
      } else if (withFilter && tokens.skipOperator("|")) {
        result = filter(result);
        filtered = true;
      } else if (withFilter && tokens.skipName("is")) {
        result = test(result);
        filtered = true;
      } else {
        break;
      }
      tokens.enter();
      levels++;
    }
    for (int i = 0; i < levels; i++) {
      tokens.leave();
    }
    return result;
  }

  private Expression attribute(Expression target) {
    Token token = tokens.next();
    return switch (token.kind()) {
      case NAME -> new Expression.Attribute(target, token.text());
      case INTEGER ->
          new Expression.Entry(target, new Expression.Constant(new Value.Int(integer(token))));
      default -> throw unexpected(token);
    };
  }

  private Expression subscript(Expression target) {
    Expression from = tokens.current().operator(":") ? null : expression();
    if (!tokens.skipOperator(":")) {
      Expression key = Objects.requireNonNull(from);
      if (tokens.skipOperator(",")) {
        key = new Expression.TupleOf(List.of(key, expression()));
      }
      tokens.expectOperator("]");
      return new Expression.Entry(target, key);
    }
    Expression to = bound();
    Expression step = tokens.skipOperator(":") ? bound() : null;
    tokens.expectOperator("]");
    return new Expression.Slice(target, from, to, step);
  }

  private @Nullable Expression bound() {
    boolean missing = tokens.current().operator(":") || tokens.current().operator("]");
    return missing ? null : expression();
  }

  Expression.Filter filter(@Nullable Expression target) {
    String name = dotted();
    Given given = tokens.current().operator("(") ? given() : Given.NOTHING;
    return new Expression.Filter(target, name, given);
  }

  private Expression test(Expression target) {
    boolean negated = tokens.skipName("not");
    String name = dotted();
    return new Expression.Test(target, name, testArgument(), negated);
  }

  /// A test may take one argument without parentheses: `x is divisibleby 3`.
  private Given testArgument() {
    Token token = tokens.current();
    if (token.operator("(")) {
      return given();
    }
    boolean operand =
        switch (token.kind()) {
          case NAME -> !Set.of("else", "or", "and").contains(token.text());
          case STRING, INTEGER, FLOAT -> true;
          case OPERATOR -> token.text().equals("[") || token.text().equals("{");
          default -> false;
        };
    if (!operand) {
      return Given.NOTHING;
    }
    if (token.name("is")) {
      throw tokens.failure("tests cannot be chained with 'is'");
    }
    return new Given(List.of(trailers(primary(), false)), List.of(), null, null);
  }

  private String dotted() {
    StringBuilder name = new StringBuilder(tokens.expectAnyName());
    while (tokens.skipOperator(".")) {
      name.append('.').append(tokens.expectAnyName());
    }
    return name.toString();
  }

  private Given given() {
    List<Expression> positional = new ArrayList<>();
    List<Named> named = new ArrayList<>();
    Expression spread = null;
    Expression spreadNamed = null;
    tokens.expectOperator("(");
    while (!tokens.current().operator(")")) {
      if (tokens.skipOperator("*")) {
        spread = expression();
      } else if (tokens.skipOperator("**")) {
        spreadNamed = expression();
      } else if (tokens.current().kind() == Kind.NAME && tokens.following().operator("=")) {
        String name = tokens.next().text();
        tokens.next();
        named.add(new Named(name, expression()));
      } else if (named.isEmpty() && spread == null && spreadNamed == null) {
        positional.add(expression());
      } else {
        throw tokens.failure("an argument without a name follows one with a name");
      }
      if (!tokens.skipOperator(",")) {
        break;
      }
    }
    tokens.expectOperator(")");
    return new Given(positional, named, spread, spreadNamed);
  }
}
