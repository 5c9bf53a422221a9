package dev.corral.dialect;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The syntax of JSON as a state machine over pieces of bytes that may end anywhere, after Go's
/// `encoding/json/scanner.go`: the same grammar, error texts and depth limit, no recursion. Who
/// extends it is told what begins and ends, and decides what to keep.
///
/// It differs in one point: behind the value only white space may follow, where Ollama would leave
/// the rest unread.
abstract sealed class GoScanner permits Peek {
  /// Go's `maxNestingDepth`.
  private static final int MAX_DEPTH = 10_000;

  /// How much is taken at once from a buffer outside the heap.
  private static final int WINDOW = 8192;

  private enum State {
    BEGIN_VALUE,
    BEGIN_VALUE_OR_END,
    BEGIN_KEY,
    BEGIN_KEY_OR_END,
    IN_STRING,
    ESCAPE,
    HEX,
    AFTER_VALUE,
    MINUS,
    ZERO,
    DIGITS,
    DOT,
    FRACTION,
    EXPONENT,
    EXPONENT_SIGN,
    EXPONENT_DIGITS,
    WORD,
    END
  }

  private State state = State.BEGIN_VALUE;
  private int depth;

  /// One bit per level: set where it is an object.
  private long[] objects = new long[1];

  /// Bytes of all earlier pieces.
  private long passed;

  private boolean seen;
  private boolean inKey;
  private String word = "";
  private int wordAt;
  private int hexLeft;
  private int hex;
  private @Nullable String failure;

  /// The text of the string in passing; filled only while [#keeping] is true.
  final JsonText text = new JsonText();

  /// Set by who extends this, when a string begins whose text is wanted.
  boolean keeping;

  /// A value begins.
  ///
  /// @param found its type in Go's words, or `true`, `false`, `null`
  /// @param level 0 for the whole document, 1 for the members of the outermost object or array
  abstract void valueBegins(String found, int level, long position);

  abstract void keyBegins(int level);

  /// A string ends whose text was kept.
  ///
  /// @param end the place behind its closing quote
  abstract void textEnds(boolean isKey, long end);

  /// A digit of a number, exponents left out.
  abstract void digit(int c);

  /// Takes the next piece, which may end anywhere.
  ///
  /// @return false once the body can only be refused; reading on is no use then
  public final boolean feed(byte[] bytes, int from, int length) {
    int end = from + length;
    int at = from;
    while (at < end && failure == null) {
      if (state == State.IN_STRING) {
        at = skipPlain(bytes, at, end);
        if (at == end) {
          break;
        }
      }
      step(bytes[at] & 0xFF, passed + at - from);
      at++;
    }
    passed += length;
    return failure == null;
  }

  /// As [#feed(byte[], int, int)], for bytes that may lie outside the heap. The buffer's position
  /// moves to its limit.
  public final boolean feed(ByteBuffer piece) {
    byte[] window = new byte[Math.min(piece.remaining(), WINDOW)];
    boolean good = failure == null;
    while (piece.hasRemaining()) {
      int length = Math.min(piece.remaining(), window.length);
      piece.get(window, 0, length);
      good = feed(window, 0, length);
    }
    return good;
  }

  /// Bytes so far.
  final long passed() {
    return passed;
  }

  /// True once anything but white space was seen.
  final boolean seen() {
    return seen;
  }

  /// The complaint about the syntax so far, in Go's words; null for none.
  final @Nullable String failure() {
    return failure;
  }

  /// True where the bytes so far are one whole value.
  final boolean complete() {
    return depth == 0
        && switch (state) {
          case END, AFTER_VALUE, ZERO, DIGITS, FRACTION, EXPONENT_DIGITS -> true;
          default -> false;
        };
  }

  /// Goes over what needs no look in a string: plain bytes, and, where nobody wants the text, the
  /// escapes of one letter.
  private int skipPlain(byte[] bytes, int from, int end) {
    int at = JsonText.plainUntil(bytes, from, end);
    if (keeping) {
      if (at > from) {
        text.append(bytes, from, at);
      }
      return at;
    }
    while (at + 1 < end && bytes[at] == '\\' && JsonText.simpleEscape(bytes[at + 1])) {
      at = JsonText.plainUntil(bytes, at + 2, end);
    }
    return at;
  }

  private void step(int c, long position) {
    switch (state) {
      case BEGIN_VALUE -> beginValue(c, position);
      case BEGIN_VALUE_OR_END -> {
        if (c == ']') {
          close();
        } else {
          beginValue(c, position);
        }
      }
      case BEGIN_KEY_OR_END -> {
        if (c == '}') {
          close();
        } else {
          beginKey(c);
        }
      }
      case BEGIN_KEY -> beginKey(c);
      case IN_STRING -> inString(c, position);
      case ESCAPE -> escape(c);
      case HEX -> hex(c);
      case AFTER_VALUE -> afterValue(c);
      case WORD -> word(c);
      case END -> {
        if (!space(c)) {
          fail(c, "after top-level value");
        }
      }
      case MINUS, ZERO, DIGITS, DOT, FRACTION, EXPONENT, EXPONENT_SIGN, EXPONENT_DIGITS ->
          number(c);
    }
  }

  private void beginValue(int c, long position) {
    if (space(c)) {
      return;
    }
    seen = true;
    switch (c) {
      case '{' -> open(c, "object", State.BEGIN_KEY_OR_END, position);
      case '[' -> open(c, "array", State.BEGIN_VALUE_OR_END, position);
      case '"' -> begin("string", State.IN_STRING, position);
      case '-' -> begin("number", State.MINUS, position);
      case '0' -> begin("number", State.ZERO, position);
      case '1', '2', '3', '4', '5', '6', '7', '8', '9' -> {
        begin("number", State.DIGITS, position);
        digit(c);
      }
      case 't' -> beginWord("true", position);
      case 'f' -> beginWord("false", position);
      case 'n' -> beginWord("null", position);
      default -> fail(c, "looking for beginning of value");
    }
  }

  private void begin(String found, State next, long position) {
    state = next;
    valueBegins(found, depth, position);
  }

  private void beginWord(String literal, long position) {
    word = literal;
    wordAt = 1;
    begin(literal, State.WORD, position);
  }

  private void open(int c, String found, State next, long position) {
    begin(found, next, position);
    if (depth == MAX_DEPTH) {
      fail(c, "exceeded max depth");
      return;
    }
    int slot = depth >> 6;
    if (slot == objects.length) {
      objects = Arrays.copyOf(objects, 2 * slot);
    }
    long bit = 1L << (depth & 63);
    objects[slot] = c == '{' ? objects[slot] | bit : objects[slot] & ~bit;
    depth++;
  }

  private void close() {
    depth--;
    state = depth == 0 ? State.END : State.AFTER_VALUE;
  }

  private boolean inObject() {
    int level = depth - 1;
    return (objects[level >> 6] & (1L << (level & 63))) != 0;
  }

  private void beginKey(int c) {
    if (space(c)) {
      return;
    }
    if (c != '"') {
      fail(c, "looking for beginning of object key string");
      return;
    }
    state = State.IN_STRING;
    inKey = true;
    keyBegins(depth);
  }

  private void inString(int c, long position) {
    if (c == '\\') {
      state = State.ESCAPE;
    } else if (c == '"') {
      state = State.AFTER_VALUE;
      if (keeping) {
        keeping = false;
        text.settle();
        textEnds(inKey, position + 1);
      }
    } else {
      fail(c, "in string literal");
    }
  }

  private void escape(int c) {
    int meant =
        switch (c) {
          case '"', '\\', '/', 'u' -> c;
          case 'b' -> '\b';
          case 'f' -> '\f';
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          default -> -1;
        };
    if (meant < 0) {
      fail(c, "in string escape code");
    } else if (meant == 'u') {
      state = State.HEX;
      hexLeft = 4;
      hex = 0;
    } else {
      state = State.IN_STRING;
      if (keeping) {
        text.append(meant);
      }
    }
  }

  private void hex(int c) {
    int digit = Character.digit(c, 16);
    if (digit < 0) {
      fail(c, "in \\u hexadecimal character escape");
      return;
    }
    hex = hex << 4 | digit;
    if (--hexLeft == 0) {
      state = State.IN_STRING;
      if (keeping) {
        text.append(hex);
      }
    }
  }

  private void afterValue(int c) {
    if (depth == 0) {
      state = State.END;
      if (!space(c)) {
        fail(c, "after top-level value");
      }
    } else if (space(c)) {
      state = State.AFTER_VALUE;
    } else if (inKey) {
      inKey = false;
      goOn(c, ':', State.BEGIN_VALUE, '\0', "after object key");
    } else if (inObject()) {
      goOn(c, ',', State.BEGIN_KEY, '}', "after object key:value pair");
    } else {
      goOn(c, ',', State.BEGIN_VALUE, ']', "after array element");
    }
  }

  /// @param end the character that closes; no byte that gets here is the NUL that stands for none
  private void goOn(int c, char separator, State next, char end, String context) {
    if (c == separator) {
      state = next;
    } else if (c == end && end != '\0') {
      close();
    } else {
      fail(c, context);
    }
  }

  private void number(int c) {
    boolean digit = c >= '0' && c <= '9';
    switch (state) {
      case MINUS -> require(c, digit, c == '0' ? State.ZERO : State.DIGITS, "in numeric literal");
      case DOT -> require(c, digit, State.FRACTION, "after decimal point in numeric literal");
      case EXPONENT -> {
        if (c == '+' || c == '-') {
          state = State.EXPONENT_SIGN;
        } else {
          require(c, digit, State.EXPONENT_DIGITS, "in exponent of numeric literal");
        }
      }
      case EXPONENT_SIGN ->
          require(c, digit, State.EXPONENT_DIGITS, "in exponent of numeric literal");
      default -> numberGoesOn(c, digit);
    }
  }

  private void require(int c, boolean good, State next, String context) {
    if (!good) {
      fail(c, context);
      return;
    }
    state = next;
    if (next != State.EXPONENT_DIGITS) {
      digit(c);
    }
  }

  /// A number that may end here.
  private void numberGoesOn(int c, boolean digit) {
    if (digit && state != State.ZERO) {
      if (state != State.EXPONENT_DIGITS) {
        digit(c);
      }
    } else if (c == '.' && (state == State.ZERO || state == State.DIGITS)) {
      state = State.DOT;
    } else if ((c == 'e' || c == 'E') && state != State.EXPONENT_DIGITS) {
      state = State.EXPONENT;
    } else {
      afterValue(c);
    }
  }

  private void word(int c) {
    char wanted = word.charAt(wordAt);
    if (c != wanted) {
      fail(c, "in literal " + word + " (expecting '" + wanted + "')");
    } else if (++wordAt == word.length()) {
      state = State.AFTER_VALUE;
    }
  }

  private void fail(int c, String context) {
    failure = GoTexts.invalid(c, context);
  }

  private static boolean space(int c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }
}
