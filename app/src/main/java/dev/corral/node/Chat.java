package dev.corral.node;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.dialect.Fields;
import dev.corral.node.Generation.Wish;
import dev.corral.templates.Json;
import dev.corral.templates.answer.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `/api/chat`, which the chats of the other dialects are translated to as well.
public final class Chat {
  private final Desk desk;

  public Chat(Desk desk) {
    this.desk = desk;
  }

  public List<Route> routes() {
    return List.of(new Route("POST", "/api/chat", this::ollama));
  }

  private void ollama(Turn turn) throws IOException {
    answer(turn.fields("ChatRequest"), false, Out.ollama(turn), turn);
  }

  /// @param ask in Ollama's shape
  /// @param relaxed a model that cannot think is not asked to, instead of refusing
  void answer(Fields ask, boolean relaxed, Out out, Turn turn) {
    List<Fields> said = ask.objects("messages", "api.Message");
    Inquiry inquiry = Inquiry.of(desk, ask, new Refused(400, "model is required"));
    String asked = inquiry.asked();
    Known model = inquiry.model();
    if (said.isEmpty() && inquiry.unloads()) {
      desk.runners().unload(model.stored().name().shortName());
      out.whole(empty(asked, "unload"));
      return;
    }
    ToolChoice choice = ToolChoice.of(ask.any("tool_choice"));
    List<Json> tools = tools(ask, choice, inquiry);
    Think think = Desk.think(model, asked, inquiry.think(), relaxed);
    Options options = inquiry.options();
    if (said.isEmpty()) {
      try (Runner _ = desk.lease(model, options, inquiry.keepAlive(), turn)) {
        out.whole(empty(asked, "load"));
      }
      return;
    }
    Voice.Speaks voice = model.speaks();
    Conversation talk = new Conversation(messages(model, said), tools, think);
    Wish wish =
        inquiry.wish(
            options, voice.format(), tools, choice.calls(ask, voice.format()), think, turn);
    try (Runner runner = desk.lease(model, options, inquiry.keepAlive(), turn)) {
      inquiry.timing().loaded();
      Prompt prompt =
          inquiry.truncates()
              ? talk.fitted(voice.template(), model.file(), desk.clock(), runner)
              : talk.render(voice.template(), model.file(), desk.clock());
      if (inquiry.rendersOnly()) {
        out.whole(rendered(asked, prompt));
        return;
      }
      boolean stream = inquiry.streams();
      if (stream) {
        turn.prepared();
      }
      Answer answer =
          new Answer(asked, voice.jinja(), !tools.isEmpty(), stream, inquiry.timing(), out);
      new Generation(runner, model.file(), wish, answer).run(prompt);
    }
  }

  /// How many tokens the model would read, as the answer to the same chat counts them. Takes a
  /// runner, which the chat that usually follows needs as well.
  ///
  /// @param ask in Ollama's shape, with messages
  int count(Fields ask, Turn turn) {
    Inquiry inquiry = Inquiry.of(desk, ask, new Refused(400, "model is required"));
    Known model = inquiry.model();
    List<Json> tools = tools(ask, ToolChoice.of(ask.any("tool_choice")), inquiry);
    Think think = Desk.think(model, inquiry.asked(), inquiry.think(), true);
    List<Fields> said = ask.objects("messages", "api.Message");
    Conversation talk = new Conversation(messages(model, said), tools, think);
    Prompt prompt = talk.render(model.speaks().template(), model.file(), desk.clock());
    try (Runner runner = desk.lease(model, inquiry.options(), inquiry.keepAlive(), turn)) {
      return prompt.ids(runner, model.file()).size();
    }
  }

  /// Those that the model may call in this answer.
  ///
  /// @throws Refused where the model cannot do what the request needs
  private static List<Json> tools(Fields ask, ToolChoice choice, Inquiry inquiry) {
    Known model = inquiry.model();
    ask.objects("messages", "api.Message")
        .forEach(one -> Conversation.requireNoPicture(one, model));
    List<Json> tools = choice.none() ? List.of() : Conversation.tools(ask);
    Desk.check(model, inquiry.asked(), "chat", tools.isEmpty() ? List.of() : List.of("tools"));
    return tools;
  }

  /// The model's own words come first: its system prompt, unless the caller brings one, and the
  /// conversation that it begins with.
  private static List<Json.Fields> messages(Known model, List<Fields> said) {
    List<Json.Fields> all = new ArrayList<>();
    String system = model.stored().texts().system();
    List<Json.Fields> asked = said.stream().map(Conversation::message).toList();
    if (!said.getFirst().text("role").equalsIgnoreCase("system") && !system.isEmpty()) {
      all.add(Conversation.message("system", system));
    }
    model
        .stored()
        .texts()
        .messages()
        .forEach(one -> all.add(Conversation.message(Fields.of("Message", one))));
    all.addAll(asked);
    return all;
  }

  private ObjectNode empty(String asked, String reason) {
    ObjectNode answer = Shape.begin(asked, desk.clock().instant());
    answer.putObject("message").put("role", "assistant").put("content", "");
    return answer.put("done", true).put("done_reason", reason);
  }

  private ObjectNode rendered(String asked, Prompt prompt) {
    ObjectNode answer = Shape.begin(asked, desk.clock().instant());
    answer.putObject("message").put("role", "").put("content", "");
    answer.put("done", false).set("_debug_info", Shape.debug(prompt));
    return answer;
  }

  /// The frames of one answer, or the whole of it.
  private final class Answer implements Pieces {
    private final String asked;
    private final boolean jinja;
    private boolean trims;
    private final boolean stream;
    private final Timing timing;
    private final Out out;
    private final StringBuilder content = new StringBuilder();
    private final StringBuilder thinking = new StringBuilder();
    private final ArrayNode calls = JsonNodeFactory.instance.arrayNode();
    private final ArrayNode logprobs = JsonNodeFactory.instance.arrayNode();

    /// @param tools with tools llama-server drops the blanks in front of what is said
    Answer(String asked, boolean jinja, boolean tools, boolean stream, Timing timing, Out out) {
      this.asked = asked;
      this.jinja = jinja;
      this.trims = jinja && tools;
      this.stream = stream;
      this.timing = timing;
      this.out = out;
    }

    @Override
    public void piece(List<Part> parts, @Nullable ArrayNode probabilities) {
      if (probabilities != null) {
        logprobs.addAll(probabilities);
      }
      for (Part part : parts) {
        switch (part) {
          case Part.Content(String text) -> say(content, trimmed(text));
          case Part.Thinking(String text) -> say(thinking, text);
          case Part.ToolCall call -> call(call);
        }
      }
      if (stream && parts.isEmpty()) {
        out.frame(frame(false));
      }
    }

    private String trimmed(String text) {
      String left = trims ? text.stripLeading() : text;
      trims &= left.isEmpty();
      return left;
    }

    private void say(StringBuilder to, String text) {
      to.append(text);
      if (stream && !text.isEmpty()) {
        out.frame(frame(false));
      }
    }

    /// Of a Jinja template Ollama has the calls told at the end, of a Go template as they come.
    private void call(Part.ToolCall call) {
      Shape.call(calls, call, jinja);
      if (stream && !jinja) {
        out.frame(frame(false));
      }
    }

    @Override
    public void ended(Ended ended) {
      ObjectNode last = frame(true);
      last.put("done_reason", ended.reason());
      if (!logprobs.isEmpty()) {
        last.set("logprobs", logprobs.deepCopy());
      }
      Shape.metrics(last, ended, timing);
      if (stream) {
        out.frame(last);
      } else {
        out.whole(last);
      }
    }

    /// What has been gathered; of a stream it is gone afterwards.
    private ObjectNode frame(boolean done) {
      ObjectNode frame = Shape.begin(asked, desk.clock().instant());
      ObjectNode message = frame.putObject("message").put("role", "assistant");
      message.put("content", content.toString());
      Shape.put(message, "thinking", thinking.toString());
      if (!calls.isEmpty() && (done || !jinja)) {
        message.set("tool_calls", calls.deepCopy());
        calls.removeAll();
      }
      frame.put("done", done);
      content.setLength(0);
      thinking.setLength(0);
      if (!done && !logprobs.isEmpty()) {
        frame.set("logprobs", logprobs.deepCopy());
        logprobs.removeAll();
      }
      return frame;
    }
  }
}
