package dev.corral.runner.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.runner.engine.Engine;
import dev.corral.templates.answer.AnswerFormat;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `/v1/chat/completions` and `/apply-template`: messages through the template of the model's file,
/// and the answer back into content, thinking and tool calls.
public final class Chat {
  private final Engine engine;
  private final String model;
  private final boolean shift;
  private @Nullable ChatPrompts prompts;

  Chat(Engine engine, String model, boolean shift) {
    this.engine = engine;
    this.model = model;
    this.shift = shift;
  }

  /// Made at the first chat: most runners get their prompts rendered, and start the faster.
  private synchronized ChatPrompts prompts() {
    ChatPrompts made = prompts;
    if (made == null) {
      made = ChatPrompts.of(engine);
      prompts = made;
    }
    return made;
  }

  /// What the model would be given for these messages.
  JsonNode prompt(Fields fields) {
    return Json.object().put("prompt", prompts().render(ChatRequest.of(fields)).toString());
  }

  void answer(Exchange exchange) {
    Fields fields = exchange.fields();
    ChatRequest request = ChatRequest.of(fields);
    ChatPrompts templates = prompts();
    var rendered = templates.render(request);
    List<Integer> tokens = templates.tokens(rendered);
    if (tokens.isEmpty()) {
      throw Refusal.invalid("The chat template makes an empty prompt of these messages");
    }
    AnswerFormat format = templates.format();
    boolean specials = !Collections.disjoint(format.marks(), templates.controlTokens());
    Wish wish = Wish.of(fields).forChat(grammar(fields), probs(fields), specials);
    var parser = format.parser(rendered.toString(), request.tools());
    var listener =
        new ChatAnswer(engine, exchange, wish, parser, ChatAnswer.Head.of(model, fields));
    var ticket = engine.submit(wish.task(tokens, shift), listener);
    exchange.whenLeft(ticket::cancel);
  }

  /// `response_format` as OpenAI has it, else llama-server's own fields.
  private static @Nullable String grammar(Fields fields) {
    JsonNode format = fields.find("response_format");
    if (format == null) {
      return Wish.grammar(fields);
    }
    String type = format.path("type").asText();
    JsonNode schema =
        type.equals("json_schema")
            ? format.path("json_schema").path("schema")
            : format.path("schema");
    return switch (type) {
      case "text" -> null;
      case "json_object", "json_schema" ->
          Wish.grammar(schema.isMissingNode() ? Json.object() : schema);
      default ->
          throw Fields.wrong(
              "response_format", "must have the type text, json_object or json_schema");
    };
  }

  /// `logprobs: true` asks for the tokens' own; `top_logprobs` for rivals.
  private static int probs(Fields fields) {
    JsonNode asked = fields.find("logprobs");
    boolean wanted = asked != null && asked.isBoolean() && asked.booleanValue();
    int top = fields.whole(0, 0, "top_logprobs");
    if (top > 0 && !wanted) {
      throw Refusal.invalid("top_logprobs requires logprobs to be set to true");
    }
    return wanted ? top : -1;
  }
}
