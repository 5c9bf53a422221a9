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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Parses a template. Functions and variables that are not there are errors already here, as in Go.
final class GoParser {
  /// @param named the parts that `define` and `block` gave a name, for `template`
  record Parsed(List<GoNode> nodes, Map<String, List<GoNode>> named) {}

  private final List<GoToken> tokens;
  private final Map<String, List<GoNode>> named = new HashMap<>();
  private List<String> variables = own();
  private int at;
  private int depth;
  private int ranges;

  private GoParser(List<GoToken> tokens) {
    this.tokens = tokens;
  }

  /// @throws TemplateFailure with reason and line where the text is no template
  static Parsed parse(String source) {
    GoParser parser = new GoParser(GoLexer.tokens(source));
    List<GoNode> nodes = parser.nodes();
    if (parser.current().kind() != Kind.END_OF_TEMPLATE) {
      throw parser.unexpected();
    }
    return new Parsed(nodes, Map.copyOf(parser.named));
  }

  /// The variables that every part begins with.
  private static List<String> own() {
    return new ArrayList<>(List.of("$"));
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
        action().ifPresent(nodes::add);
      } else {
        return nodes;
      }
    }
  }

  /// Empty for a `define`, which prints nothing where it stands.
  private Optional<GoNode> action() {
    GoToken token = current();
    String word = token.kind() == Kind.WORD ? token.text() : "";
    return switch (word) {
      case "if", "with" -> Optional.of(branch(word));
      case "range" -> Optional.of(range());
      case "break", "continue" -> Optional.of(leave(word));
      case "template" -> Optional.of(part());
      case "block" -> {
        GoNode.Part part = part();
        define(part.name());
        yield Optional.of(part);
      }
      case "define" -> {
        if (depth > 0) {
          throw failure("'define' stands within another part");
        }
        next();
        String name = name();
        expect(Kind.END);
        define(name);
        yield Optional.empty();
      }
      default -> Optional.of(new GoNode.Action(pipeline(Kind.END)));
    };
  }

  /// `template "name" value`, and the head of a `block`.
  private GoNode.Part part() {
    int line = next().line();
    String name = name();
    if (skip(Kind.END)) {
      return new GoNode.Part(name, Optional.empty(), line);
    }
    return new GoNode.Part(name, Optional.of(pipeline(Kind.END)), line);
  }

  private String name() {
    GoToken token = next();
    if (token.kind() != Kind.STRING) {
      throw new TemplateFailure("expected the name of a part, found " + token.told(), token.line());
    }
    return token.text();
  }

  /// The body of a part, up to its `end`; an empty one does not replace another of its name.
  private void define(String name) {
    List<String> outer = variables;
    int loops = ranges;
    variables = own();
    ranges = 0;
    enter();
    List<GoNode> body = nodes();
    end(variables.size());
    variables = outer;
    ranges = loops;
    if (!body.isEmpty() || !named.containsKey(name)) {
      named.put(name, body);
    }
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
