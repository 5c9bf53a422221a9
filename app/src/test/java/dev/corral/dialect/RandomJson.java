package dev.corral.dialect;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// Requests as chance would write them.
final class RandomJson {
  private static final ObjectMapper JACKSON = new ObjectMapper();
  private static final String[] SPACES = {"", "", "", " ", "\n", "\t \r"};
  private static final String[] PARTS = {
    "a",
    "llama3.2:1b",
    "\\n",
    "\\\"",
    "\\\\",
    "\\u00e9",
    "\\ud83d\\ude00",
    "é",
    "😀",
    "\\/",
    "{",
    "]",
    ",",
    ":",
    "    "
  };
  private static final String[] NUMBERS = {"0", "-0", "12", "-3.25", "1e9", "2.5E-3", "0.001e+2"};

  static {
    JACKSON
        .getFactory()
        .setStreamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(20_000).build());
  }

  private RandomJson() {}

  /// An object that may have `model` (a string or null) and `stream` among its members.
  static String document(Random random) {
    List<String> members = new ArrayList<>();
    if (random.nextInt(4) > 0) {
      String value = random.nextInt(8) == 0 ? "\"\"" : string(random);
      members.add("\"model\"" + space(random) + ":" + space(random) + value);
    }
    if (random.nextBoolean()) {
      members.add("\"stream\":" + space(random) + (random.nextBoolean() ? "true" : "false"));
    }
    for (int i = random.nextInt(5); i > 0; i--) {
      members.add("\"k" + i + "\":" + value(random, 4));
    }
    Collections.shuffle(members, random);
    return space(random)
        + "{"
        + space(random)
        + String.join(space(random) + "," + space(random), members)
        + space(random)
        + "}"
        + space(random);
  }

  /// A document with a few bytes changed, added or lost; sometimes it is still good.
  static byte[] damaged(Random random) {
    byte[] bytes = document(random).getBytes(StandardCharsets.UTF_8);
    for (int i = random.nextInt(4); i > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return random.nextInt(4) == 0
        ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length))
        : bytes;
  }

  /// True where Jackson reads one value and nothing behind it. Bytes that are no UTF-8 are replaced
  /// first, as Go does.
  static boolean readable(byte[] bytes) {
    try (var parser = JACKSON.createParser(new String(bytes, StandardCharsets.UTF_8))) {
      JsonToken first = parser.nextToken();
      parser.skipChildren();
      return first != null && parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }

  private static String value(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 7 : 5)) {
      case 0 -> string(random);
      case 1 -> NUMBERS[random.nextInt(NUMBERS.length)];
      case 2 -> "true";
      case 3 -> "false";
      case 4 -> "null";
      case 5 ->
          "[" + space(random) + value(random, depth - 1) + "," + value(random, depth - 1) + "]";
      default -> "{\"model\":" + value(random, depth - 1) + "," + string(random) + ":[]}";
    };
  }

  private static String string(Random random) {
    StringBuilder text = new StringBuilder("\"");
    for (int i = random.nextInt(9); i > 0; i--) {
      text.append(PARTS[random.nextInt(PARTS.length)]);
    }
    return text.append('"').toString();
  }

  private static String space(Random random) {
    return SPACES[random.nextInt(SPACES.length)];
  }
}
