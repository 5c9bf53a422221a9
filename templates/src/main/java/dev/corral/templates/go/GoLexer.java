package dev.corral.templates.go;

import dev.corral.templates.TemplateFailure;
import dev.corral.templates.go.GoToken.Kind;
import java.util.ArrayList;
import java.util.List;

/// Cuts a template into text and tokens. A minus at a delimiter drops the white space on that side,
/// but only with white space between it and what stands within: `{{- .X }}`, not `{{-3}}`.
final class GoLexer {
  private final String source;
  private final List<GoToken> tokens = new ArrayList<>();
  private int at;
  private int line = 1;
  private int lineKnownAt;
  private boolean spaced;

  private GoLexer(String source) {
    this.source = source;
  }

  /// @throws TemplateFailure where an action, comment or string is never closed
  static List<GoToken> tokens(String source) {
    GoLexer lexer = new GoLexer(source);
    lexer.template();
    return lexer.tokens;
  }

  private void template() {
    while (true) {
      int begin = source.indexOf("{{", at);
      int end = begin < 0 ? source.length() : begin;
      boolean trim = begin >= 0 && peek(begin + 2) == '-' && space(peek(begin + 3));
      int kept = end;
      while (trim && kept > at && space(source.charAt(kept - 1))) {
        kept--;
      }
      if (kept > at) {
        add(Kind.TEXT, source.substring(at, kept), at);
      }
      at = end;
      if (begin < 0) {
        add(Kind.END_OF_TEMPLATE, "", at);
        return;
      }
      at = begin + (trim ? 4 : 2);
      if (source.startsWith("/*", at)) {
        comment(begin);
      } else {
        at = begin + (trim ? 3 : 2);
        action(begin);
      }
    }
  }

  private void comment(int begin) {
    int end = source.indexOf("*/", at + 2);
    if (end < 0) {
      throw failure("a comment that starts here is never closed", begin);
    }
    at = end + 2;
    if (!close()) {
      throw failure(
          "a comment must fill its action: '*/' stands right before '}}' or ' -}}'", begin);
    }
  }

  /// Steps over `}}` or ` -}}` and the white space that the latter drops.
  private boolean close() {
    if (source.startsWith("}}", at)) {
      at += 2;
      return true;
    }
    if (space(peek(at)) && source.startsWith("-}}", at + 1)) {
      at += 4;
      while (space(peek(at))) {
        at++;
      }
      return true;
    }
    return false;
  }

  private void action(int begin) {
    add(Kind.BEGIN, "", begin);
    while (true) {
      int start = at;
      spaced = space(peek(at));
      while (space(peek(at)) && !source.startsWith("-}}", at + 1)) {
        at++;
      }
      int line = at;
      if (close()) {
        add(Kind.END, "", line);
        return;
      }
      if (at >= source.length()) {
        throw failure("an action that starts here is never closed", begin);
      }
      spaced = start < at;
      token();
    }
  }

  private void token() {
    int start = at;
    char c = source.charAt(at++);
    switch (c) {
      case '=' -> add(Kind.ASSIGN, "=", start);
      case '|' -> add(Kind.PIPE, "|", start);
      case ',' -> add(Kind.COMMA, ",", start);
      case '(' -> add(Kind.OPEN, "(", start);
      case ')' -> add(Kind.CLOSE, ")", start);
      case ':' -> {
        if (peek(at++) != '=') {
          throw failure("expected ':='", start);
        }
        add(Kind.DECLARE, ":=", start);
      }
      case '"', '\'', '`' -> string(c, start);
      case '$' -> {
        word();
        add(Kind.VARIABLE, source.substring(start, at), start);
      }
      case '.' -> {
        if (Character.isDigit(peek(at))) {
          number(start);
        } else {
          word();
          add(at == start + 1 ? Kind.DOT : Kind.FIELD, source.substring(start + 1, at), start);
        }
      }
      default -> other(c, start);
    }
  }

  private void other(char c, int start) {
    if (c == '+' || c == '-' || Character.isDigit(c)) {
      number(start);
    } else if (wordPart(source.codePointAt(start))) {
      at = start;
      word();
      add(Kind.WORD, source.substring(start, at), start);
    } else {
      throw failure("unexpected '" + Character.toString(source.codePointAt(start)) + "'", start);
    }
  }

  private void string(char quote, int start) {
    if (quote != '`') {
      Kind kind = quote == '"' ? Kind.STRING : Kind.CHARACTER;
      add(kind, GoLiteral.unquote(quoted(quote, start)), start);
      return;
    }
    int end = source.indexOf('`', at);
    if (end < 0) {
      throw failure("a string that starts here is never closed", start);
    }
    add(Kind.STRING, source.substring(at, end).replace("\r", ""), start);
    at = end + 1;
  }

  /// What stands between quotes, escapes and all.
  private String quoted(char quote, int start) {
    int begin = at;
    while (peek(at) != quote) {
      if (at >= source.length() || peek(at) == '\n') {
        throw failure("a string that starts here is never closed", start);
      }
      at += peek(at) == '\\' ? 2 : 1;
    }
    return source.substring(begin, at++);
  }

  private void number(int start) {
    at = start + 1;
    while (wordPart(peek(at))
        || peek(at) == '.'
        || ((peek(at) == '+' || peek(at) == '-') && "eEpP".indexOf(peek(at - 1)) >= 0)) {
      at++;
    }
    add(Kind.NUMBER, source.substring(start, at), start);
  }

  private void word() {
    while (at < source.length() && wordPart(source.codePointAt(at))) {
      at += Character.charCount(source.codePointAt(at));
    }
  }

  private static boolean wordPart(int c) {
    return c == '_' || Character.isLetterOrDigit(c);
  }

  private static boolean space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  private char peek(int index) {
    return index < source.length() ? source.charAt(index) : '\0';
  }

  private void add(Kind kind, String text, int position) {
    tokens.add(new GoToken(kind, text, line(position), spaced));
  }

  private int line(int position) {
    for (; lineKnownAt < position; lineKnownAt++) {
      if (source.charAt(lineKnownAt) == '\n') {
        line++;
      }
    }
    return line;
  }

  private TemplateFailure failure(String reason, int position) {
    return new TemplateFailure(reason, line(position));
  }
}
