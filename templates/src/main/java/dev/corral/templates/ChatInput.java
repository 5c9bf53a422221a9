package dev.corral.templates;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is to be turned into a prompt: a conversation, or a gap to be filled.
///
/// @param messages in Ollama's or OpenAI's shape, as they came; each template language prepares
///   them for itself
/// @param tools in the shape both share; empty where there are none
/// @param think a truth value or a level (`low`, `medium`, `high`, `max`); null where nothing was
///   said
/// @param addGenerationPrompt true where the assistant's turn is to be opened
/// @param prompt before the gap; empty where there is no gap
/// @param suffix behind the gap
/// @param variables further ones, for Jinja: `bos_token`, `eos_token`, a caller's own
public record ChatInput(
    List<Json.Fields> messages,
    List<Json> tools,
    @Nullable Json think,
    boolean addGenerationPrompt,
    MarkedText prompt,
    MarkedText suffix,
    Map<String, Json> variables) {
  public ChatInput {
    messages = List.copyOf(messages);
    tools = List.copyOf(tools);
    variables = Map.copyOf(variables);
  }

  public static ChatInput of(List<Json.Fields> messages) {
    return new ChatInput(
        messages, List.of(), null, true, MarkedText.EMPTY, MarkedText.EMPTY, Map.of());
  }

  public static ChatInput fillIn(String prompt, String suffix) {
    return new ChatInput(
        List.of(),
        List.of(),
        null,
        true,
        MarkedText.user(prompt),
        MarkedText.user(suffix),
        Map.of());
  }

  public ChatInput withMessages(List<Json.Fields> others) {
    return new ChatInput(others, tools, think, addGenerationPrompt, prompt, suffix, variables);
  }

  public ChatInput withTools(List<Json> others) {
    return new ChatInput(messages, others, think, addGenerationPrompt, prompt, suffix, variables);
  }

  public ChatInput withThink(@Nullable Json wish) {
    return new ChatInput(messages, tools, wish, addGenerationPrompt, prompt, suffix, variables);
  }

  public ChatInput withGenerationPrompt(boolean wanted) {
    return new ChatInput(messages, tools, think, wanted, prompt, suffix, variables);
  }

  public ChatInput with(String variable, Json value) {
    Map<String, Json> more = new LinkedHashMap<>(variables);
    more.put(variable, value);
    return new ChatInput(messages, tools, think, addGenerationPrompt, prompt, suffix, more);
  }
}
