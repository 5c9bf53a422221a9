package dev.corral.gguf;

import dev.corral.gguf.ReadSettings.Keep;
import java.util.ArrayList;
import java.util.List;

/// Keys and values of the metadata. Long texts and long arrays are read over, not kept; the
/// vocabulary leaves a hash for each token, so that a token that stands there twice is found.
final class ValueParser {
  private static final int MAX_KEY = 64 << 10;

  /// Chat templates have tens of KB.
  private static final int MAX_TEXT_KEPT = 1 << 20;

  private static final int MAX_TEXT = 16 << 20;
  private static final int MAX_ELEMENTS = 2_000_000;

  /// One number for each block; the engine itself stops at 512 blocks.
  private static final int MAX_NUMBERS_KEPT = 4096;

  private static final int MAX_TEXTS_KEPT = 256;
  private static final int MAX_TEXTS_BYTES_KEPT = 64 << 10;

  private static final int STRING = 8;
  private static final int ARRAY = 9;

  private final Window window;
  private final Keep keep;
  private long repeatedTokens;

  ValueParser(Window window, Keep keep) {
    this.window = window;
    this.keep = keep;
  }

  /// How many tokens of the vocabulary stand in it more than once.
  long repeatedTokens() {
    return repeatedTokens;
  }

  String key() throws Damage, Window.Beyond {
    long n = window.i64();
    if (n <= 0 || n > MAX_KEY) {
      throw new Damage(
          Fault.BAD_KEY,
          "A metadata key has " + Long.toUnsignedString(n) + " bytes. The header is damaged.");
    }
    return printable(window.text((int) n));
  }

  GgufValue value(String key) throws Damage, Window.Beyond {
    int type = window.i32();
    return switch (type) {
      case STRING -> text(key);
      case ARRAY -> array(key);
      case 6 -> new GgufValue.Real(Float.intBitsToFloat(window.i32()));
      case 12 -> new GgufValue.Real(Double.longBitsToDouble(window.i64()));
      case 7 -> new GgufValue.Flag(window.u8() != 0);
      default -> new GgufValue.Whole(whole(key, type));
    };
  }

  /// Names from a file may be shown; control characters in them may not.
  static String printable(String text) {
    return text.codePoints().anyMatch(Character::isISOControl)
        ? text.replaceAll("\\p{Cntrl}", "\uFFFD")
        : text;
  }

  private long whole(String key, int type) throws Damage, Window.Beyond {
    return switch (type) {
      case 0 -> window.u8();
      case 1 -> (byte) window.u8();
      case 2 -> window.u16();
      case 3 -> (short) window.u16();
      case 4 -> Integer.toUnsignedLong(window.i32());
      case 5 -> window.i32();
      case 10, 11 -> window.i64();
      default ->
          throw new Damage(
              Fault.BAD_VALUE,
              "The metadata key '"
                  + key
                  + "' has a value of the unknown type "
                  + Integer.toUnsignedString(type)
                  + ".");
    };
  }

  private GgufValue text(String key) throws Damage, Window.Beyond {
    int n = textLength(key);
    if (n > MAX_TEXT_KEPT && keep != Keep.ALL) {
      window.skip(n);
      return new GgufValue.Skipped(n);
    }
    return new GgufValue.Text(window.text(n));
  }

  private int textLength(String key) throws Damage, Window.Beyond {
    long n = window.i64();
    if (n < 0 || n > MAX_TEXT) {
      throw new Damage(
          Fault.TOO_LARGE,
          "The metadata key '"
              + key
              + "' declares a text of "
              + Long.toUnsignedString(n)
              + " bytes; at most "
              + MAX_TEXT
              + " are taken. The header is damaged.");
    }
    return (int) n;
  }

  private GgufValue array(String key) throws Damage, Window.Beyond {
    int type = window.i32();
    long count = window.i64();
    int least = type == STRING ? 8 : elementBytes(key, type);
    if (count < 0 || count > MAX_ELEMENTS) {
      throw new Damage(
          Fault.TOO_LARGE,
          "The metadata key '"
              + key
              + "' declares "
              + Long.toUnsignedString(count)
              + " elements; at most "
              + MAX_ELEMENTS
              + " are taken. The header is damaged.");
    }
    if (count > window.left() / least) {
      throw new Damage(
          Fault.TRUNCATED,
          "The metadata key '" + key + "' declares more elements than the file has bytes for.");
    }
    if (type == STRING) {
      return key.equals(Gguf.TOKENS) ? tokens(key, (int) count) : texts(key, (int) count);
    }
    if (count > MAX_NUMBERS_KEPT && !keptWhole(key)) {
      window.skip(count * least);
      return new GgufValue.Skipped(count);
    }
    List<Double> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      numbers.add(number(key, type));
    }
    return new GgufValue.Numbers(numbers);
  }

  private boolean keptWhole(String key) {
    return keep == Keep.ALL || (keep == Keep.VOCABULARY && key.equals(Gguf.TOKEN_TYPES));
  }

  private static int elementBytes(String key, int type) throws Damage {
    return switch (type) {
      case 0, 1, 7 -> 1;
      case 2, 3 -> 2;
      case 4, 5, 6 -> 4;
      case 10, 11, 12 -> 8;
      default ->
          throw new Damage(
              Fault.BAD_VALUE,
              "The metadata key '"
                  + key
                  + "' is an array of "
                  + (type == ARRAY
                      ? "arrays"
                      : "the unknown type " + Integer.toUnsignedString(type))
                  + ", which no engine reads.");
    };
  }

  private double number(String key, int type) throws Damage, Window.Beyond {
    return switch (type) {
      case 6 -> Float.intBitsToFloat(window.i32());
      case 12 -> Double.longBitsToDouble(window.i64());
      case 7 -> window.u8() == 0 ? 0 : 1;
      default -> (double) whole(key, type);
    };
  }

  private GgufValue tokens(String key, int count) throws Damage, Window.Beyond {
    if (keep != Keep.SHORT) {
      List<String> kept = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        kept.add(window.text(textLength(key)));
      }
      return new GgufValue.Texts(kept);
    }
    HashSetOfLongs seen = new HashSetOfLongs();
    for (int i = 0; i < count; i++) {
      if (!seen.add(window.hash(textLength(key)))) {
        repeatedTokens++;
      }
    }
    return new GgufValue.Skipped(count);
  }

  private GgufValue texts(String key, int count) throws Damage, Window.Beyond {
    List<String> kept = new ArrayList<>();
    long bytes = 0;
    for (int i = 0; i < count; i++) {
      int n = textLength(key);
      bytes += n;
      if (keep == Keep.ALL || (count <= MAX_TEXTS_KEPT && bytes <= MAX_TEXTS_BYTES_KEPT)) {
        kept.add(window.text(n));
      } else {
        window.skip(n);
      }
    }
    return kept.size() == count ? new GgufValue.Texts(kept) : new GgufValue.Skipped(count);
  }
}
