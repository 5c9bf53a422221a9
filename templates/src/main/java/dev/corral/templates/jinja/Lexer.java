package dev.corral.templates.jinja;

import dev.corral.templates.TemplateFailure;
import dev.corral.templates.jinja.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/// Cuts a template into text and tokens by Jinja's rules for white space:
///
/// - `trim_blocks`: the line break right after a tag or comment (not after a printed value) is
///   dropped.
/// - `lstrip_blocks`: blanks between the start of a line and a tag or comment are dropped.
/// - `-` at a delimiter drops all white space on that side, `+` keeps what the two rules would
///   drop.
/// - `\r\n` and `\r` become `\n`; the template's own last line break is dropped.
final class Lexer {
  private static final String[] OPERATORS = {
    "//", "**", "==", "!=", ">=", "<=", "+", "-", "*", "/", "%", "~", "[", "]", "(", ")", "{", "}",
    ">", "<", "=", ".", ":", "|", ",", ";"
  };

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private final Deque<Character> open = new ArrayDeque<>();
  private int at;
  private int line = 1;
  private int lineKnownAt;
  private boolean lineStarting = true;

  private Lexer(String source) {
    this.source = source;
  }

  /// @throws TemplateFailure where a tag, comment or string is never closed
  static List<Token> tokens(String template) {
    String source = template.replace("\r\n", "\n").replace('\r', '\n');
    if (source.endsWith("\n")) {
      source = source.substring(0, source.length() - 1);
    }
    Lexer lexer = new Lexer(source);
    lexer.template();
    return lexer.tokens;
  }

  private void template() {
    while (true) {
      int begin = nextDelimiter();
      if (begin < 0) {
        text(at, source.length());
        at = source.length();
        add(Kind.END, "");
        return;
      }
      char kind = source.charAt(begin + 1);
      char sign = peek(begin + 2);
      boolean signed = sign == '-' || sign == '+';
      textBefore(begin, kind, signed ? sign : ' ');
      at = begin + (signed ? 3 : 2);
      switch (kind) {
        case '#' -> comment(begin);
        case '{' -> inside(Kind.PRINT_BEGIN, Kind.PRINT_END, "}}");
        default -> {
          if (!raw(begin)) {
            inside(Kind.TAG_BEGIN, Kind.TAG_END, "%}");
          }
        }
      }
      lineStarting = at > 0 && source.charAt(at - 1) == '\n';
    }
  }

  private int nextDelimiter() {
    for (int i = source.indexOf('{', at); i >= 0; i = source.indexOf('{', i + 1)) {
      char next = peek(i + 1);
      if (next == '{' || next == '%' || next == '#') {
        return i;
      }
    }
    return -1;
  }

  private void textBefore(int end, char kind, char sign) {
    int keep = end;
    if (sign == '-') {
      while (keep > at && PythonText.isSpace(source.charAt(keep - 1))) {
        keep--;
      }
    } else if (sign != '+' && kind != '{') {
      int start = end;
      while (start > at && source.charAt(start - 1) != '\n') {
        start--;
      }
      if ((start > at || lineStarting) && blank(start, end)) {
        keep = start;
      }
    }
    text(at, keep);
  }

  private boolean blank(int from, int to) {
    for (int i = from; i < to; i++) {
      if (!PythonText.isSpace(source.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private void text(int from, int to) {
    if (from < to) {
      add(Kind.TEXT, source.substring(from, to));
    }
  }

  private void comment(int begin) {
    int end = source.indexOf("#}", at);
    if (end < 0) {
      throw failure("a comment that starts here is never closed", begin);
    }
    closeTag(end > at ? source.charAt(end - 1) : ' ', end + 2);
  }

  /// Steps over the end of a tag or comment and over the white space that its sign drops.
  private void closeTag(char sign, int end) {
    at = end;
    if (sign == '-') {
      skipSpace();
    } else if (sign != '+' && peek(at) == '\n') {
      at++;
    }
  }

  /// `{% raw %}` to `{% endraw %}` is text. (The line break after the first tag stays, as in
  /// Jinja.)
  private boolean raw(int begin) {
    int afterBegin = rawTag(at, "raw");
    if (afterBegin < 0) {
      return false;
    }
    at = afterBegin;
    if (source.charAt(at - 3) == '-') {
      skipSpace();
    }
    for (int i = source.indexOf("{%", at); i >= 0; i = source.indexOf("{%", i + 1)) {
      char sign = peek(i + 2);
      boolean signed = sign == '-' || sign == '+';
      int end = rawTag(i + (signed ? 3 : 2), "endraw");
      if (end >= 0) {
        lineStarting = at > 0 && source.charAt(at - 1) == '\n';
        textBefore(i, '%', signed ? sign : ' ');
        closeTag(source.charAt(end - 3), end);
        return true;
      }
    }
    throw failure("'raw' has no 'endraw'", begin);
  }

  /// The position behind `name %}` where that stands at `from`, else -1.
  private int rawTag(int from, String name) {
    int i = from;
    while (PythonText.isSpace(peek(i))) {
      i++;
    }
    if (!source.startsWith(name, i)) {
      return -1;
    }
    i += name.length();
    while (PythonText.isSpace(peek(i))) {
      i++;
    }
    if (peek(i) == '-' || (name.equals("endraw") && peek(i) == '+')) {
      i++;
    }
    return source.startsWith("%}", i) ? i + 2 : -1;
  }

  private void inside(Kind begin, Kind end, String close) {
    int start = at;
    add(begin, "");
    open.clear();
    while (true) {
      skipSpace();
      char c = peek(at);
      if (at >= source.length()) {
        throw failure("a tag that starts here is never closed", start);
      }
      if (open.isEmpty()) {
        boolean signed = (c == '-' || (c == '+' && end == Kind.TAG_END));
        if (source.startsWith(close, at + (signed ? 1 : 0))) {
          add(end, "");
          int after = at + close.length() + (signed ? 1 : 0);
          closeTag(end == Kind.PRINT_END && !signed ? '+' : c, after);
          return;
        }
      }
      token(c);
    }
  }

  private void token(char c) {
    if (c == '"' || c == '\'') {
      string(c);
    } else if (c >= '0' && c <= '9') {
      number();
    } else if (wordPart(source.codePointAt(at))) {
      int start = at;
      while (at < source.length() && wordPart(source.codePointAt(at))) {
        at += Character.charCount(source.codePointAt(at));
      }
      add(Kind.NAME, source.substring(start, at));
    } else {
      operator();
    }
  }

  private static boolean wordPart(int c) {
    return c == '_' || Character.isLetterOrDigit(c);
  }

  private void operator() {
    for (String operator : OPERATORS) {
      if (source.startsWith(operator, at)) {
        balance(operator.charAt(0));
        add(Kind.OPERATOR, operator);
        at += operator.length();
        return;
      }
    }
    throw failure("unexpected '" + Character.toString(source.codePointAt(at)) + "'", at);
  }

  private void balance(char c) {
    switch (c) {
      case '(' -> open.push(')');
      case '[' -> open.push(']');
      case '{' -> open.push('}');
      case ')', ']', '}' -> {
        if (open.isEmpty() || open.pop() != c) {
          throw failure("unexpected '" + c + "'", at);
        }
      }
      default -> {}
    }
  }

  private void number() {
    int start = at;
    String radix = source.substring(at, Math.min(at + 2, source.length())).toLowerCase(Locale.ROOT);
    if (radix.equals("0x") || radix.equals("0o") || radix.equals("0b")) {
      at += 2;
      digits(radix.charAt(1) == 'x' ? 16 : 10);
      add(Kind.INTEGER, source.substring(start, at));
      return;
    }
    digits(10);
    boolean afterDot = start > 0 && source.charAt(start - 1) == '.';
    boolean fraction = !afterDot && fraction();
    boolean real = !afterDot && (exponent() || fraction);
    add(real ? Kind.FLOAT : Kind.INTEGER, source.substring(start, at).replace("_", ""));
  }

  private boolean fraction() {
    if (peek(at) != '.' || !Character.isDigit(peek(at + 1))) {
      return false;
    }
    at++;
    digits(10);
    return true;
  }

  private boolean exponent() {
    int digit = at + (peek(at + 1) == '+' || peek(at + 1) == '-' ? 2 : 1);
    if ((peek(at) != 'e' && peek(at) != 'E') || !Character.isDigit(peek(digit))) {
      return false;
    }
    at = digit;
    digits(10);
    return true;
  }

  private void digits(int radix) {
    while (Character.digit(peek(at), radix) >= 0
        || (peek(at) == '_' && Character.digit(peek(at + 1), radix) >= 0)) {
      at++;
    }
  }

  private void string(char quote) {
    int start = at++;
    while (peek(at) != quote) {
      if (at >= source.length()) {
        throw failure("a string that starts here is never closed", start);
      }
      at += peek(at) == '\\' ? 2 : 1;
    }
    tokens.add(
        new Token(Kind.STRING, StringLiteral.value(source.substring(start + 1, at)), line(start)));
    at++;
  }

  private void skipSpace() {
    while (PythonText.isSpace(peek(at))) {
      at++;
    }
  }

  private char peek(int index) {
    return index < source.length() ? source.charAt(index) : '\0';
  }

  private void add(Kind kind, String text) {
    tokens.add(new Token(kind, text, line(at)));
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
