package dev.corral.templates.go;

import dev.corral.templates.Limits;
import dev.corral.templates.MarkedText;
import dev.corral.templates.TemplateFailure;
import dev.corral.templates.go.GoNode.Case;
import dev.corral.templates.go.GoNode.Command;
import dev.corral.templates.go.GoNode.Operand;
import dev.corral.templates.go.GoNode.Pipeline;
import dev.corral.templates.go.GoToken.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Parses a template. Functions and variables that are not there are errors already here, as in Go.
final class GoParser {
  private static final Set<String> REFUSED = Set.of("define", "template", "block");

  private final List<GoToken> tokens;
  private final List<String> variables = new ArrayList<>(List.of("$"));
  private int at;
  private int depth;
  private int ranges;

  private GoParser(List<GoToken> tokens) {
    this.tokens = tokens;
  }

  /// @throws TemplateFailure with reason and line where the text is no template
  static List<GoNode> parse(String source) {
    GoParser parser = new GoParser(GoLexer.tokens(source));
    List<GoNode> nodes = parser.nodes();
    if (parser.current().kind() != Kind.END_OF_TEMPLATE) {
      throw parser.unexpected();
    }
    return nodes;
  }

  /// Up to `else`, `end` or the end of the template; that word stays the current token.
  private List<GoNode> nodes() {
    List<GoNode> nodes = new ArrayList<>();
    while (true) {
      GoToken token = current();
      if (token.kind() == Kind.TEXT) {
        nodes.add(new GoNode.Text(MarkedText.trusted(next().text())));
      } else if (token.kind() == Kind.BEGIN) {
        next();
        if (current().word("else") || current().word("end")) {
          return nodes;
        }
        nodes.add(action());
      } else {
        return nodes;
      }
    }
  }

  private GoNode action() {
    GoToken token = current();
    String word = token.kind() == Kind.WORD ? token.text() : "";
    if (REFUSED.contains(word)) {
      throw failure("'" + word + "' is refused: a chat template is one text, without named parts");
    }
    return switch (word) {
      case "if", "with" -> branch(word);
      case "range" -> range();
      case "break", "continue" -> leave(word);
      default -> new GoNode.Action(pipeline(Kind.END));
    };
  }

  private GoNode leave(String word) {
    GoToken token = next();
    if (ranges == 0) {
      throw failure("'" + word + "' outside of a range");
    }
    expect(Kind.END);
    return word.equals("break")
        ? new GoNode.Break(token.line())
        : new GoNode.Continue(token.line());
  }

  private GoNode branch(String word) {
    enter();
    int known = variables.size();
    List<Case> cases = new ArrayList<>();
    List<GoNode> otherwise = List.of();
    while (true) {
      next();
      Pipeline pipeline = pipeline(Kind.END);
      cases.add(new Case(pipeline, nodes()));
      if (!current().word("else")) {
        break;
      }
      next();
      if (!current().word(word)) {
        expect(Kind.END);
        otherwise = nodes();
        break;
      }
    }
    end(known);
    return new GoNode.Branch(word.equals("with"), cases, otherwise);
  }

  private GoNode range() {
    enter();
    int known = variables.size();
    next();
    Pipeline pipeline = pipeline(Kind.END);
    ranges++;
    List<GoNode> body = nodes();
    ranges--;
    List<GoNode> otherwise = List.of();
    if (current().word("else")) {
      next();
      expect(Kind.END);
      otherwise = nodes();
    }
    end(known);
    return new GoNode.Range(pipeline, body, otherwise);
  }

  private void end(int known) {
    if (!current().word("end")) {
      throw failure("expected 'end', found " + current().told());
    }
    next();
    expect(Kind.END);
    variables.subList(known, variables.size()).clear();
    depth--;
  }

  private Pipeline pipeline(Kind end) {
    enter();
    int line = current().line();
    List<String> set = new ArrayList<>();
    boolean assigns = declarations(set);
    List<Command> commands = new ArrayList<>();
    do {
      commands.add(command());
      if (commands.size() > 1 && constant(commands.getLast().operands().getFirst())) {
        throw failure("a value cannot stand behind '|'; a function can");
      }
    } while (skip(Kind.PIPE));
    expect(end);
    depth--;
    return new Pipeline(set, assigns, commands, line);
  }

  private static boolean constant(Operand operand) {
    return operand instanceof Operand.Constant
        || operand instanceof Operand.Dot
        || operand instanceof Operand.NilWord;
  }

  /// `$x :=`, `$x =`, and with two variables `$i, $x :=`; true for `=`.
  private boolean declarations(List<String> set) {
    int ahead = at;
    while (tokens.get(ahead).kind() == Kind.VARIABLE && set.size() < 2) {
      set.add(tokens.get(ahead).text());
      Kind following = tokens.get(ahead + 1).kind();
      if (following == Kind.DECLARE || following == Kind.ASSIGN) {
        at = ahead + 2;
        variables.addAll(set);
        return following == Kind.ASSIGN;
      }
      if (following != Kind.COMMA) {
        break;
      }
      ahead += 2;
    }
    set.clear();
    return false;
  }

  private Command command() {
    List<Operand> operands = new ArrayList<>();
    do {
      operands.add(operand());
    } while (startsOperand(current()) && current().spaced());
    return new Command(operands);
  }

  private static boolean startsOperand(GoToken token) {
    return switch (token.kind()) {
      case STRING, CHARACTER, NUMBER, DOT, FIELD, VARIABLE, WORD, OPEN -> true;
      default -> false;
    };
  }

  private Operand operand() {
    Operand term = term();
    List<String> names = new ArrayList<>();
    while (current().kind() == Kind.FIELD && !current().spaced()) {
      names.add(next().text());
    }
    if (names.isEmpty()) {
      return term;
    }
    return switch (term) {
      case Operand.Field(List<String> first) -> new Operand.Field(joined(first, names));
      case Operand.Variable(String name, List<String> first) ->
          new Operand.Variable(name, joined(first, names));
      case Operand.Function _, Operand.Parenthesized _ -> new Operand.Chain(term, names);
      default -> throw failure("a field cannot follow this value");
    };
  }

  private static List<String> joined(List<String> first, List<String> more) {
    List<String> joined = new ArrayList<>(first);
    joined.addAll(more);
    return joined;
  }

  private Operand term() {
    GoToken token = next();
    return switch (token.kind()) {
      case STRING -> new Operand.Constant(GoValue.text(token.text()));
      case CHARACTER -> new Operand.Constant(new GoValue.Int(token.text().codePointAt(0)));
      case NUMBER -> new Operand.Constant(GoLiteral.number(token));
      case DOT -> new Operand.Dot();
      case FIELD -> new Operand.Field(List.of(token.text()));
      case VARIABLE -> {
        if (!variables.contains(token.text())) {
          throw new TemplateFailure("undefined variable '" + token.text() + "'", token.line());
        }
        yield new Operand.Variable(token.text(), List.of());
      }
      case OPEN -> new Operand.Parenthesized(pipeline(Kind.CLOSE));
      case WORD -> word(token);
      default ->
          throw new TemplateFailure(
              "expected a value or a function, found " + token.told(), token.line());
    };
  }

  private static Operand word(GoToken token) {
    return switch (token.text()) {
      case "true" -> new Operand.Constant(new GoValue.Bool(true));
      case "false" -> new Operand.Constant(new GoValue.Bool(false));
      case "nil" -> new Operand.NilWord();
      default -> {
        if (!GoFunctions.known(token.text())) {
          throw new TemplateFailure("there is no function '" + token.text() + "'", token.line());
        }
        yield new Operand.Function(token.text());
      }
    };
  }

  private void enter() {
    if (++depth > Limits.NESTING) {
      throw failure("the template nests deeper than " + Limits.NESTING + " levels");
    }
  }

  private GoToken current() {
    return tokens.get(at);
  }

  private GoToken next() {
    GoToken token = current();
    if (token.kind() != Kind.END_OF_TEMPLATE) {
      at++;
    }
    return token;
  }

  private boolean skip(Kind kind) {
    boolean there = current().kind() == kind;
    if (there) {
      at++;
    }
    return there;
  }

  private void expect(Kind kind) {
    if (!skip(kind)) {
      throw unexpected();
    }
  }

  private TemplateFailure unexpected() {
    return failure("unexpected " + current().told());
  }

  private TemplateFailure failure(String reason) {
    return new TemplateFailure(reason, current().line());
  }
}
