package dev.corral.templates.jinja;

import dev.corral.templates.Limits;
import dev.corral.templates.TemplateFailure;
import dev.corral.templates.jinja.Token.Kind;
import java.util.List;

/// The tokens of a template while it is parsed, and the depth of the rule that is being parsed.
final class Tokens {
  private final List<Token> tokens;
  private int at;
  private int depth;

  Tokens(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token current() {
    return tokens.get(at);
  }

  Token following() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  Token next() {
    Token token = current();
    if (token.kind() != Kind.END) {
      at++;
    }
    return token;
  }

  boolean skipOperator(String operator) {
    boolean there = current().operator(operator);
    if (there) {
      at++;
    }
    return there;
  }

  boolean skipName(String name) {
    boolean there = current().name(name);
    if (there) {
      at++;
    }
    return there;
  }

  void expectOperator(String operator) {
    if (!skipOperator(operator)) {
      throw failure("expected '" + operator + "', found " + current().told());
    }
  }

  void expectName(String name) {
    if (!skipName(name)) {
      throw failure("expected '" + name + "', found " + current().told());
    }
  }

  String expectAnyName() {
    if (current().kind() != Kind.NAME) {
      throw failure("expected a name, found " + current().told());
    }
    return next().text();
  }

  void expect(Kind kind) {
    if (current().kind() != kind) {
      throw failure("unexpected " + current().told());
    }
    at++;
  }

  /// Called by every rule that can contain itself, so that no template exhausts the stack; paired
  /// with [#leave()].
  void enter() {
    if (++depth > Limits.NESTING) {
      throw failure("the template nests deeper than " + Limits.NESTING + " levels");
    }
  }

  void leave() {
    depth--;
  }

  int line() {
    return current().line();
  }

  TemplateFailure failure(String reason) {
    return new TemplateFailure(reason, line());
  }
}
