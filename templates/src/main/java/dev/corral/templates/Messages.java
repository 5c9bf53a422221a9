package dev.corral.templates;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads messages, whichever dialect they came in. All their text is the user's, except words that
/// we know ourselves: a role such as `user` is part of control tokens in some templates
/// (`<|user|>`), so it counts as the template's own.
public final class Messages {
  private static final Set<String> ROLES =
      Set.of("system", "developer", "user", "assistant", "tool", "function", "ipython", "control");
  private static final List<String> THINKING =
      List.of("thinking", "reasoning_content", "reasoning");

  private Messages() {}

  /// The role in lower case; `user` where none is given.
  public static MarkedText role(Json.Fields message) {
    String role =
        message.findText("role").map(MarkedText::toString).orElse("user").toLowerCase(Locale.ROOT);
    return known(role, ROLES);
  }

  /// A word that is the program's own where it is one of these, else the user's.
  public static MarkedText known(String word, Set<String> words) {
    return words.contains(word) ? MarkedText.trusted(word) : MarkedText.user(word);
  }

  /// The text of a message: none is empty, and of parts the texts follow one another.
  public static MarkedText text(Json.Fields message) {
    return switch (message.find("content").orElse(Json.NULL)) {
      case Json.Text(MarkedText text) -> text;
      case Json.Items(List<Json> parts) -> {
        MarkedText.Builder text = new MarkedText.Builder();
        for (Json part : parts) {
          text.append(part(part));
        }
        yield text.build();
      }
      default -> MarkedText.EMPTY;
    };
  }

  private static MarkedText part(Json part) {
    return switch (part) {
      case Json.Text(MarkedText text) -> text;
      case Json.Fields fields -> fields.findText("text").orElse(MarkedText.EMPTY);
      default -> MarkedText.EMPTY;
    };
  }

  /// What the model thought before it answered, under any of the names that are in use.
  public static Optional<MarkedText> thinking(Json.Fields message) {
    for (String name : THINKING) {
      Optional<MarkedText> thinking = message.findText(name);
      if (thinking.isPresent()) {
        return thinking;
      }
    }
    return Optional.empty();
  }

  /// The calls of a message; none where it has none.
  public static List<Json.Fields> toolCalls(Json.Fields message) {
    return message.find("tool_calls").orElse(Json.NULL) instanceof Json.Items(List<Json> calls)
        ? calls.stream().filter(Json.Fields.class::isInstance).map(Json.Fields.class::cast).toList()
        : List.of();
  }

  /// The function of a call; the call itself where it is written flat.
  public static Json.Fields function(Json.Fields call) {
    return call.find("function").orElse(call) instanceof Json.Fields function ? function : call;
  }

  /// The arguments of a function as fields: OpenAI writes them as JSON text, Ollama as they are.
  public static Json.Fields arguments(Json.Fields function) {
    return switch (function.find("arguments").orElse(Json.NULL)) {
      case Json.Fields arguments -> arguments;
      case Json.Text(MarkedText text) -> read(text);
      default -> Json.Fields.NONE;
    };
  }

  private static Json.Fields read(MarkedText text) {
    try {
      return JsonReader.read(text.toString(), true) instanceof Json.Fields fields
          ? fields
          : Json.Fields.NONE;
    } catch (TemplateFailure _) {
      return new Json.Fields(Map.of("arguments", new Json.Text(text))); // kept, as what it is
    }
  }
}
