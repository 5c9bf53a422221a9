package dev.corral.templates.jinja;

import dev.corral.templates.MarkedText;
import dev.corral.templates.TemplateFailure;
import dev.corral.templates.jinja.Statement.Binding;
import dev.corral.templates.jinja.Statement.Branch;
import dev.corral.templates.jinja.Statement.Signature;
import dev.corral.templates.jinja.Statement.Target;
import dev.corral.templates.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Parses tags and the bodies between them.
final class Parser {
  private final Tokens tokens;
  private final ExpressionParser expressions;
  private int loops;

  private Parser(List<Token> tokens) {
    this.tokens = new Tokens(tokens);
    this.expressions = new ExpressionParser(this.tokens);
  }

  /// @throws TemplateFailure with reason and line where the text is no template
  static List<Statement> parse(String source) {
    Parser parser = new Parser(Lexer.tokens(source));
    List<Statement> body = parser.body();
    if (parser.tokens.current().kind() != Kind.END) {
      throw parser.unknownTag();
    }
    return body;
  }

  /// Statements up to a tag that is one of `ends`; that tag's name stays the current token.
  private List<Statement> body(String... ends) {
    tokens.enter();
    List<Statement> body = new ArrayList<>();
    while (true) {
      Token token = tokens.current();
      switch (token.kind()) {
        case TEXT -> {
          tokens.next();
          body.add(new Statement.Output(MarkedText.trusted(token.text()), token.line()));
        }
        case PRINT_BEGIN -> {
          tokens.next();
          Expression value = expressions.expressions();
          tokens.expect(Kind.PRINT_END);
          body.add(new Statement.Print(value, token.line()));
        }
        case TAG_BEGIN -> {
          tokens.next();
          if (Arrays.stream(ends).anyMatch(tokens.current()::name)) {
            tokens.leave();
            return body;
          }
          body.add(tag());
          tokens.expect(Kind.TAG_END);
        }
        default -> {
          if (ends.length > 0) {
            throw tokens.failure("the template ends where '" + ends[0] + "' was expected");
          }
          tokens.leave();
          return body;
        }
      }
    }
  }

  /// The statements of a block whose tag has just been read, up to and over the tag that ends it.
  private List<Statement> block(String end) {
    List<Statement> body = openBlock(end);
    tokens.expectName(end);
    return body;
  }

  private List<Statement> openBlock(String... ends) {
    tokens.expect(Kind.TAG_END);
    return body(ends);
  }

  private Statement tag() {
    int line = tokens.line();
    Token tag = tokens.current();
    String name = tokens.expectAnyName();
    return switch (name) {
      case "if" -> condition(line);
      case "for" -> loop(line);
      case "set" -> assignment(line);
      case "with" -> with(line);
      case "macro" -> {
        String macro = tokens.expectAnyName();
        Signature signature = signature();
        yield new Statement.MacroDefinition(macro, signature, separate("endmacro"), line);
      }
      case "call" -> callBlock(line);
      case "filter" -> {
        List<Expression.Filter> filters = filters(new ArrayList<>());
        yield new Statement.FilterBlock(filters, block("endfilter"), line);
      }
      case "generation" -> new Statement.Scoped(separate("endgeneration"), line);
      case "autoescape" -> {
        expressions.expression();
        yield new Statement.Scoped(block("endautoescape"), line);
      }
      case "print" -> new Statement.Print(expressions.expressions(), line);
      case "break", "continue" -> {
        if (loops == 0) {
          throw new TemplateFailure("'" + name + "' outside of a loop", line);
        }
        yield name.equals("break") ? new Statement.Break(line) : new Statement.Continue(line);
      }
      case "include", "import", "from", "extends", "block" ->
          throw new TemplateFailure(
              "'" + name + "' is refused: a chat template is one text, without other files", line);
      default -> throw unknownTag(tag);
    };
  }

  private TemplateFailure unknownTag() {
    return unknownTag(tokens.current());
  }

  private static TemplateFailure unknownTag(Token tag) {
    return new TemplateFailure("unknown or misplaced tag " + tag.told(), tag.line());
  }

  private Statement condition(int line) {
    List<Branch> branches = new ArrayList<>();
    int branchLine = line;
    while (true) {
      Expression condition = expressions.withoutCondition();
      branches.add(new Branch(condition, openBlock("elif", "else", "endif"), branchLine));
      branchLine = tokens.line();
      if (tokens.skipName("elif")) {
        continue;
      }
      if (tokens.skipName("else")) {
        branches.add(
            new Branch(new Expression.Constant(Value.TRUE), openBlock("endif"), branchLine));
      }
      tokens.expectName("endif");
      return new Statement.If(branches, line);
    }
  }

  private Statement loop(int line) {
    Target target = target();
    tokens.expectName("in");
    Expression source = expressions.withoutCondition();
    Expression condition = tokens.skipName("if") ? expressions.expression() : null;
    boolean recursive = tokens.skipName("recursive");
    loops++;
    List<Statement> body = openBlock("endfor", "else");
    loops--;
    List<Statement> otherwise = tokens.skipName("else") ? openBlock("endfor") : List.of();
    tokens.expectName("endfor");
    return new Statement.For(target, source, condition, recursive, body, otherwise, line);
  }

  private Statement assignment(int line) {
    Target target = target();
    if (tokens.skipOperator("=")) {
      return new Statement.Set(target, expressions.expressions(), line);
    }
    List<Expression.Filter> filters = new ArrayList<>();
    if (tokens.skipOperator("|")) {
      filters(filters);
    }
    return new Statement.SetBlock(target, filters, block("endset"), line);
  }

  private List<Expression.Filter> filters(List<Expression.Filter> filters) {
    do {
      filters.add(expressions.filter(null));
    } while (tokens.skipOperator("|"));
    return filters;
  }

  private Statement with(int line) {
    List<Binding> bindings = new ArrayList<>();
    while (tokens.current().kind() != Kind.TAG_END) {
      if (!bindings.isEmpty()) {
        tokens.expectOperator(",");
      }
      Target target = oneTarget();
      tokens.expectOperator("=");
      bindings.add(new Binding(target, expressions.expression()));
    }
    return new Statement.With(bindings, block("endwith"), line);
  }

  private Statement callBlock(int line) {
    Signature signature = tokens.current().operator("(") ? signature() : Signature.NOTHING;
    if (!(expressions.expression() instanceof Expression.Call call)) {
      throw new TemplateFailure("'call' needs a call of a macro", line);
    }
    return new Statement.CallBlock(call, signature, separate("endcall"), line);
  }

  /// A body that is called like a function: a loop around it is none for `break`.
  private List<Statement> separate(String end) {
    int outer = loops;
    loops = 0;
    List<Statement> body = block(end);
    loops = outer;
    return body;
  }

  private Signature signature() {
    List<String> parameters = new ArrayList<>();
    List<Expression> defaults = new ArrayList<>();
    tokens.expectOperator("(");
    while (!tokens.current().operator(")")) {
      parameters.add(tokens.expectAnyName());
      if (tokens.skipOperator("=")) {
        defaults.add(expressions.expression());
      } else if (!defaults.isEmpty()) {
        throw tokens.failure("a parameter without a default follows one with a default");
      }
      if (!tokens.skipOperator(",")) {
        break;
      }
    }
    tokens.expectOperator(")");
    return new Signature(parameters, defaults);
  }

  private Target target() {
    List<Target> targets = new ArrayList<>();
    boolean comma = false;
    while (startsTarget()) {
      targets.add(oneTarget());
      if (!tokens.skipOperator(",")) {
        break;
      }
      comma = true;
    }
    if (targets.isEmpty()) {
      throw tokens.failure("expected a name to assign to, found " + tokens.current().told());
    }
    return targets.size() == 1 && !comma ? targets.getFirst() : new Target.Several(targets);
  }

  private boolean startsTarget() {
    Token token = tokens.current();
    return token.operator("(") || (token.kind() == Kind.NAME && !token.name("in"));
  }

  private Target oneTarget() {
    if (tokens.skipOperator("(")) {
      tokens.enter();
      Target inner = target();
      tokens.leave();
      tokens.expectOperator(")");
      return inner;
    }
    String name = tokens.expectAnyName();
    return tokens.skipOperator(".")
        ? new Target.Field(name, tokens.expectAnyName())
        : new Target.Variable(name);
  }
}
