package dev.corral.testkit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A model that says a known sentence, one word per token. Two versions of one name differ in their
/// sentence, and therefore in their digest.
///
/// @param name as Ollama lists it, with or without tag
/// @param kind what it does when asked
/// @param sentence what it says, blanks in front of the words included
/// @param thinking what it thinks before; only for [Kind#THINK]
/// @param toolName the tool it calls when it is offered, else it calls the first one; [Kind#TOOL]
/// @param toolArguments the arguments of that call
/// @param contextLength tokens it was trained for
/// @param size bytes on disk; also told as its size in memory
/// @param family told in listings
/// @param quantization told in listings
/// @param pace null: the pace of the node
public record TestModel(
    String name,
    Kind kind,
    String sentence,
    String thinking,
    String toolName,
    Map<String, String> toolArguments,
    int contextLength,
    long size,
    String family,
    String quantization,
    @Nullable Pace pace) {
  /// What a model does when asked.
  public enum Kind {
    /// Says its sentence and stops.
    TEXT,
    /// Says its sentence over and over, until a limit or the client stops it.
    LOOP,
    /// Says one word until Ollama gives up after thirty.
    STUTTER,
    /// Calls a tool when tools are offered and the last message is no result.
    TOOL,
    /// Thinks first, unless told not to.
    THINK,
    /// Bag of words: texts that share words have vectors that are near.
    EMBED;

    /// As Ollama lists them.
    public List<String> capabilities() {
      return switch (this) {
        case TEXT, LOOP, STUTTER -> List.of("completion");
        case TOOL -> List.of("completion", "tools");
        case THINK -> List.of("completion", "thinking");
        case EMBED -> List.of("embedding");
      };
    }
  }

  /// The sentence of `markov-a`, nine words.
  public static final String FOX = " The quick brown fox jumps over the lazy dog.";

  /// The sentence of `markov-b`, eight words.
  public static final String BOX = " Pack my box with five dozen liquor jugs.";

  private static final String COUNT = " one two three four five six seven eight nine ten";

  /// Size of the hand-made files behind the recordings.
  private static final long TINY = 1_119_220;

  /// A model that says `sentence` and stops.
  public static TestModel says(String name, String sentence) {
    return of(name, Kind.TEXT, sentence);
  }

  /// A model that never ends by itself.
  public static TestModel loops(String name, String sentence) {
    return of(name, Kind.LOOP, sentence);
  }

  /// A model that makes vectors.
  public static TestModel embeds(String name) {
    return of(name, Kind.EMBED, "");
  }

  /// A model that thinks `thinking`, then says `sentence`.
  public static TestModel thinks(String name, String thinking, String sentence) {
    TestModel model = of(name, Kind.THINK, sentence);
    return new TestModel(
        name,
        model.kind,
        sentence,
        thinking,
        "",
        Map.of(),
        model.contextLength,
        model.size,
        model.family,
        model.quantization,
        null);
  }

  /// A model that calls `tool` when it is offered, and says the fox once it has the result.
  public static TestModel callsTool(String name, String tool, Map<String, String> arguments) {
    TestModel model = of(name, Kind.TOOL, FOX.strip());
    return new TestModel(
        name,
        model.kind,
        model.sentence,
        "",
        tool,
        Map.copyOf(arguments),
        model.contextLength,
        model.size,
        model.family,
        model.quantization,
        null);
  }

  private static TestModel of(String name, Kind kind, String sentence) {
    int trained = kind == Kind.EMBED ? 512 : 4096;
    return new TestModel(
        name, kind, sentence, "", "", Map.of(), trained, TINY, "llama", "unknown", null);
  }

  /// The models behind the recordings: `markov-a`, `-b`, `-loop`, `-embed`, `-tool`, `-think`,
  /// `-stutter`.
  public static List<TestModel> markov() {
    return List.of(
        says("markov-a", FOX),
        says("markov-b", BOX),
        loops("markov-loop", COUNT),
        embeds("markov-embed"),
        callsTool("markov-tool", "get_time", Map.of("tz", "UTC")),
        thinks("markov-think", " Let me think.", FOX),
        of("markov-stutter", Kind.STUTTER, " buzz"));
  }

  /// The same model under another name, with the same digest.
  public TestModel named(String other) {
    return new TestModel(
        other,
        kind,
        sentence,
        thinking,
        toolName,
        toolArguments,
        contextLength,
        size,
        family,
        quantization,
        pace);
  }

  /// The same model at a pace of its own.
  public TestModel at(Pace own) {
    return new TestModel(
        name,
        kind,
        sentence,
        thinking,
        toolName,
        toolArguments,
        contextLength,
        size,
        family,
        quantization,
        own);
  }

  /// The same model with another size in bytes.
  public TestModel ofSize(long bytes) {
    return new TestModel(
        name,
        kind,
        sentence,
        thinking,
        toolName,
        toolArguments,
        contextLength,
        bytes,
        family,
        quantization,
        pace);
  }

  /// Hex SHA-256, the same for the same content under any name.
  public String digest() {
    String content = kind + sentence + thinking + toolName + toolArguments + contextLength + size;
    return sha256(content.getBytes(StandardCharsets.UTF_8));
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("Every JDK has SHA-256", impossible);
    }
  }

  /// The words of a text with the blanks in front of them: its tokens.
  static List<String> tokens(String text) {
    List<String> tokens = new ArrayList<>();
    int start = 0;
    for (int i = 1; i <= text.length(); i++) {
      if (ends(text, i)) {
        tokens.add(text.substring(start, i));
        start = i;
      }
    }
    return tokens;
  }

  /// How many those are, without a list of the millions that a large prompt has.
  static int countTokens(String text) {
    int count = 0;
    for (int i = 1; i <= text.length(); i++) {
      if (ends(text, i)) {
        count++;
      }
    }
    return count;
  }

  /// Whether a token ends before that character.
  private static boolean ends(String text, int at) {
    return at == text.length() || (text.charAt(at) == ' ' && text.charAt(at - 1) != ' ');
  }
}
