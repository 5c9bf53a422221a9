package dev.corral.templates.go;

import dev.corral.templates.MarkedText;
import dev.corral.templates.TemplateFailure;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// `len`, `index` and `slice`. Of text they count bytes of UTF-8.
final class GoSequences {
  private GoSequences() {}

  static GoValue length(GoValue value) {
    return new GoValue.Int(
        switch (value) {
          case GoValue.Text(MarkedText text) -> bytes(text.toString(), text.length());
          case GoValue.Slice slice -> slice.items().size();
          case GoValue.Dict dict -> dict.entries().size();
          default -> throw new TemplateFailure("'len' of a value of type " + GoValue.typeOf(value));
        });
  }

  static GoValue index(List<GoValue> arguments) {
    GoValue item = arguments.getFirst();
    if (item instanceof GoValue.Nil) {
      throw new TemplateFailure("'index' of a value that is not there");
    }
    for (GoValue index : arguments.subList(1, arguments.size())) {
      item =
          switch (item) {
            case GoValue.Slice slice -> {
              int i = number(index, slice.items().size());
              if (i == slice.items().size()) {
                throw outOfRange(i);
              }
              yield slice.items().get(i);
            }
            case GoValue.Dict dict when index instanceof GoValue.Text(MarkedText key) ->
                dict.entries().getOrDefault(key.toString(), dict.zero());
            case GoValue.Text(MarkedText text) -> oneByte(text.toString(), index);
            default ->
                throw new TemplateFailure("'index' of a value of type " + GoValue.typeOf(item));
          };
    }
    return item;
  }

  private static GoValue oneByte(String text, GoValue index) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int i = number(index, bytes.length);
    if (i == bytes.length) {
      throw outOfRange(i);
    }
    return new GoValue.Int(bytes[i] & 0xff);
  }

  static GoValue slice(GoRun run, List<GoValue> arguments) {
    GoValue item = arguments.getFirst();
    int length =
        switch (item) {
          case GoValue.Text(MarkedText text) -> bytes(text.toString(), text.length());
          case GoValue.Slice slice -> slice.items().size();
          default ->
              throw new TemplateFailure("'slice' of a value of type " + GoValue.typeOf(item));
        };
    int from = arguments.size() > 1 ? number(arguments.get(1), length) : 0;
    int to = arguments.size() > 2 ? number(arguments.get(2), length) : length;
    if (from > to) {
      throw new TemplateFailure("'slice' from " + from + " to " + to);
    }
    if (item instanceof GoValue.Text(MarkedText text)) {
      if (arguments.size() > 3) {
        throw new TemplateFailure("'slice' of a text takes two positions");
      }
      int start = offset(text.toString(), from);
      int end = offset(text.toString(), to);
      run.meter.text(end - start);
      return new GoValue.Text(text.slice(start, end));
    }
    GoValue.Slice slice = (GoValue.Slice) item;
    run.meter.step();
    return new GoValue.Slice(slice.items().subList(from, to), slice.form(), slice.nil());
  }

  private static int number(GoValue index, int most) {
    if (!(index instanceof GoValue.Int(long number))) {
      throw new TemplateFailure("an index of type " + GoValue.typeOf(index));
    }
    if (number < 0 || number > most) {
      throw outOfRange(number);
    }
    return (int) number;
  }

  private static TemplateFailure outOfRange(long index) {
    return new TemplateFailure("index out of range: " + index);
  }

  /// The bytes that the first `length` characters take.
  private static int bytes(String text, int length) {
    int bytes = 0;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes;
  }

  /// The character at a byte; within a character, its start.
  private static int offset(String text, int byteIndex) {
    int bytes = 0;
    int i = 0;
    while (i < text.length()) {
      int c = text.codePointAt(i);
      bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
      if (bytes > byteIndex) {
        break;
      }
      i += Character.charCount(c);
    }
    return i;
  }
}
