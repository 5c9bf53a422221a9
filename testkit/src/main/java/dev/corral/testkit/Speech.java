package dev.corral.testkit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// What a model is going to say to one request, token by token.
///
/// @param thoughts tokens of thinking, said first
/// @param words tokens of the answer; said over and over where it `loops`
/// @param limit tokens after which it stops
/// @param reason why it stops: `stop` or `length`; empty where Ollama gives up after thirty
///   repetitions
record Speech(
    Wish wish,
    List<String> thoughts,
    List<String> words,
    boolean loops,
    int limit,
    String reason,
    @Nullable ToolCall tool,
    int promptTokens) {
  /// A call of a tool, which comes whole at the end.
  record ToolCall(String id, String name, ObjectNode arguments) {}

  /// One token.
  record Piece(boolean thought, String text) {}

  /// What was said when it is over.
  record Said(Speech speech, String thinking, String text, int tokens) {
    /// Ollama counts the end of the answer and the two marks around thinking too.
    int evalTokens() {
      int marks = speech.thoughts.isEmpty() ? 1 : 3;
      return speech.reason.equals("length") ? tokens : tokens + marks;
    }

    boolean complete() {
      return !speech.reason.isEmpty();
    }
  }

  /// Ollama ends an open-ended answer at ten times its context (ollama-live.md 40).
  private static final int OPEN_END_FACTOR = 10;

  /// Ollama gives up after so many equal tokens (ollama-live.md 11).
  private static final int REPEATS = 31;

  private static final int DEFAULT_CONTEXT = 4096;
  private static final String LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  /// The speech of `model` for `wish`, bent by the faults that concern what is said.
  static Speech plan(TestModel model, Wish wish, @Nullable Fault fault) {
    int prompt = TestModel.countTokens(wish.prompt()) + 1;
    if (fault instanceof Fault.Repeats || model.kind() == TestModel.Kind.STUTTER) {
      String word = model.kind() == TestModel.Kind.STUTTER ? model.sentence() : " buzz";
      return new Speech(wish, List.of(), List.of(word), true, REPEATS, "", null, prompt);
    }
    ToolCall call = toolCall(model, wish);
    if (call != null) {
      return new Speech(wish, List.of(), List.of(), false, 0, "stop", call, prompt);
    }
    boolean thinks = model.kind() == TestModel.Kind.THINK && wish.think();
    List<String> thoughts = thinks ? TestModel.tokens(model.thinking()) : List.of();
    boolean endless = fault instanceof Fault.Endless;
    boolean loops = endless || model.kind() == TestModel.Kind.LOOP;
    return limited(wish, thoughts, sentence(model, wish), loops, endless, prompt);
  }

  private static Speech limited(
      Wish wish,
      List<String> thoughts,
      List<String> words,
      boolean loops,
      boolean endless,
      int prompt) {
    int context = wish.context() > 0 ? wish.context() : DEFAULT_CONTEXT;
    int most = endless ? Integer.MAX_VALUE : context * OPEN_END_FACTOR;
    int limit = wish.maxTokens() > 0 ? Math.min(wish.maxTokens(), most) : most;
    List<String> kept = beforeStop(words, wish.stops(), loops);
    boolean goesOn = loops && kept.size() == words.size();
    boolean cut = goesOn || thoughts.size() + kept.size() > limit;
    int said = goesOn ? limit : Math.min(limit, thoughts.size() + kept.size());
    return new Speech(wish, thoughts, kept, goesOn, said, cut ? "length" : "stop", null, prompt);
  }

  private static List<String> sentence(TestModel model, Wish wish) {
    if (wish.json()) {
      return List.of(
          "{", "\"text\"", ": ", Json.text(Json.object().textNode(model.sentence())), "}");
    }
    List<String> words = TestModel.tokens(model.sentence());
    if (!wish.raw() || wish.prompt().isBlank()) {
      return words;
    }
    List<String> asked = TestModel.tokens(wish.prompt());
    int at = words.stream().map(String::strip).toList().indexOf(asked.getLast().strip());
    return at < 0 ? words : words.subList(at + 1, words.size());
  }

  private static List<String> beforeStop(List<String> words, List<String> stops, boolean loops) {
    List<String> said = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (String word : words) {
      int before = text.length();
      text.append(word);
      int stop =
          stops.stream()
              .filter(s -> !s.isEmpty())
              .mapToInt(text::indexOf)
              .filter(i -> i >= 0)
              .min()
              .orElse(-1);
      if (stop >= 0) {
        if (stop > before) {
          said.add(text.substring(before, stop));
        }
        return said;
      }
      said.add(word);
    }
    return loops ? words : said;
  }

  private static @Nullable ToolCall toolCall(TestModel model, Wish wish) {
    if (model.kind() != TestModel.Kind.TOOL || wish.tools().isEmpty() || wish.toolResult()) {
      return null;
    }
    List<String> offered =
        wish.tools().stream()
            .map(tool -> tool.has("function") ? tool.get("function") : tool)
            .map(function -> function.path("name").asText())
            .toList();
    String name = offered.contains(model.toolName()) ? model.toolName() : offered.getFirst();
    ObjectNode arguments = Json.object();
    for (Map.Entry<String, String> argument : model.toolArguments().entrySet()) {
      arguments.put(argument.getKey(), argument.getValue());
    }
    return new ToolCall(randomId(), name, arguments);
  }

  /// 32 letters and digits, as on Ollama's Jinja path (ollama-live.md 45).
  private static String randomId() {
    StringBuilder id = new StringBuilder();
    for (int i = 0; i < 32; i++) {
      id.append(LETTERS.charAt(ThreadLocalRandom.current().nextInt(LETTERS.length())));
    }
    return id.toString();
  }

  /// The token at `index`, below [#limit()].
  Piece at(int index) {
    if (index < thoughts.size()) {
      return new Piece(true, thoughts.get(index));
    }
    return new Piece(false, words.get((index - thoughts.size()) % words.size()));
  }

  /// All of it at once.
  Said whole() {
    StringBuilder thinking = new StringBuilder();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < limit; i++) {
      Piece piece = at(i);
      (piece.thought() ? thinking : text).append(piece.text());
    }
    return new Said(this, thinking.toString(), text.toString(), limit);
  }
}
