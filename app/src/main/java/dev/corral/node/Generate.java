package dev.corral.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.dialect.Fields;
import dev.corral.node.Generation.Wish;
import dev.corral.templates.ChatInput;
import dev.corral.templates.Json;
import dev.corral.templates.Limits;
import dev.corral.templates.MarkedText;
import dev.corral.templates.answer.AnswerFormat;
import dev.corral.templates.answer.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `/api/generate`, which `/v1/completions` is translated to as well.
public final class Generate {
  private final Desk desk;

  public Generate(Desk desk) {
    this.desk = desk;
  }

  public List<Route> routes() {
    return List.of(new Route("POST", "/api/generate", this::ollama));
  }

  private void ollama(Turn turn) throws IOException {
    answer(turn.fields("GenerateRequest"), Out.ollama(turn), turn);
  }

  /// @param ask in Ollama's shape
  void answer(Fields ask, Out out, Turn turn) {
    Inquiry inquiry = Inquiry.of(desk, ask, Desk.Missing.PLAIN.of(ask.text("model")));
    String asked = inquiry.asked();
    Known model = inquiry.model();
    boolean empty = ask.text("prompt").isEmpty();
    if (empty && inquiry.unloads()) {
      desk.runners().unload(model.stored().name().shortName());
      out.whole(empty(asked, "unload"));
      return;
    }
    boolean raw = ask.flag("raw");
    List<Integer> context = context(ask);
    if (raw
        && (!ask.text("template").isEmpty()
            || !ask.text("system").isEmpty()
            || !context.isEmpty())) {
      throw new Refused(400, "raw mode does not support template, system, or context");
    }
    boolean gap = !ask.text("suffix").isEmpty();
    Desk.check(model, asked, "generate", gap ? List.of("insert") : List.of());
    Think think = Desk.think(model, asked, inquiry.think(), false);
    Options options = inquiry.options();
    if (empty) {
      try (Runner _ = desk.lease(model, options, inquiry.keepAlive(), turn)) {
        out.whole(empty(asked, "load"));
      }
      return;
    }
    Conversation.requireNoPicture(ask, model);
    Voice.Speaks voice = raw ? null : voice(ask, model);
    AnswerFormat format = voice == null ? AnswerFormat.PLAIN : voice.format();
    Wish wish = inquiry.wish(options, format, List.of(), null, think, turn);
    try (Runner runner = desk.lease(model, options, inquiry.keepAlive(), turn)) {
      inquiry.timing().loaded();
      Prompt prompt =
          voice == null
              ? new Prompt(MarkedText.trusted(ask.text("prompt")))
              : prompt(ask, model, voice, think, context, inquiry.truncates(), runner);
      if (inquiry.rendersOnly()) {
        out.whole(rendered(asked, prompt));
        return;
      }
      boolean stream = inquiry.streams();
      if (stream) {
        turn.prepared();
      }
      Answer answer = new Answer(asked, raw ? null : prompt, runner, stream, inquiry.timing(), out);
      new Generation(runner, model.file(), wish, answer).run(prompt);
    }
  }

  private static Voice.Speaks voice(Fields ask, Known model) {
    if (ask.text("template").isEmpty()) {
      return model.speaks();
    }
    return switch (Voice.go(ask.text("template"))) {
      case Voice.Speaks speaks -> speaks;
      case Voice.Dumb dumb -> throw new Refused(400, dumb.why());
    };
  }

  private Prompt prompt(
      Fields ask,
      Known model,
      Voice.Speaks voice,
      @Nullable Think think,
      List<Integer> context,
      boolean truncate,
      Runner runner) {
    Prompt rendered;
    if (!ask.text("suffix").isEmpty()) {
      ChatInput gap = ChatInput.fillIn(ask.text("prompt"), ask.text("suffix"));
      rendered = Conversation.prompt(voice.template().render(gap, Limits.USUAL, desk.clock()));
    } else {
      Conversation talk =
          new Conversation(messages(ask, model, context.isEmpty()), List.of(), think);
      rendered =
          truncate && ask.text("template").isEmpty()
              ? talk.fitted(voice.template(), model.file(), desk.clock(), runner)
              : talk.render(voice.template(), model.file(), desk.clock());
    }
    if (context.isEmpty()) {
      return rendered;
    }
    MarkedText before = MarkedText.trusted(runner.detokenize(context));
    return new Prompt(before.concat(rendered.text()));
  }

  /// @param fresh nothing was said before, so the model's own conversation comes first
  private static List<Json.Fields> messages(Fields ask, Known model, boolean fresh) {
    List<Json.Fields> all = new ArrayList<>();
    String own = model.stored().texts().system();
    String system = ask.text("system").isEmpty() ? own : ask.text("system");
    if (!system.isEmpty()) {
      all.add(Conversation.message("system", system));
    }
    if (fresh) {
      model
          .stored()
          .texts()
          .messages()
          .forEach(one -> all.add(Conversation.message(Fields.of("Message", one))));
    }
    all.add(Conversation.message("user", ask.text("prompt")));
    return all;
  }

  private static List<Integer> context(Fields ask) {
    List<Integer> ids = new ArrayList<>();
    for (JsonNode id : ask.items("context", "[]int")) {
      ids.add(id.intValue());
    }
    return ids;
  }

  private ObjectNode empty(String asked, String reason) {
    return Shape.begin(asked, desk.clock().instant())
        .put("response", "")
        .put("done", true)
        .put("done_reason", reason);
  }

  private ObjectNode rendered(String asked, Prompt prompt) {
    ObjectNode answer =
        Shape.begin(asked, desk.clock().instant()).put("response", "").put("done", false);
    answer.set("_debug_info", Shape.debug(prompt));
    return answer;
  }

  /// The frames of one answer, or the whole of it.
  private final class Answer implements Pieces {
    private final String asked;
    private final @Nullable Prompt prompt;
    private final Runner runner;
    private final boolean stream;
    private final Timing timing;
    private final Out out;
    private final StringBuilder response = new StringBuilder();
    private final StringBuilder thinking = new StringBuilder();
    private final ArrayNode logprobs = JsonNodeFactory.instance.arrayNode();

    /// @param prompt null where the caller is not to be told the tokens (`raw`)
    Answer(
        String asked,
        @Nullable Prompt prompt,
        Runner runner,
        boolean stream,
        Timing timing,
        Out out) {
      this.asked = asked;
      this.prompt = prompt;
      this.runner = runner;
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
          case Part.Content(String text) -> say(response, text);
          case Part.Thinking(String text) -> say(thinking, text);
          case Part.ToolCall _ -> {} // no tools are given here
        }
      }
      if (stream && parts.isEmpty()) {
        out.frame(frame(false));
      }
    }

    private void say(StringBuilder to, String text) {
      to.append(text);
      if (stream) {
        out.frame(frame(false));
      }
    }

    @Override
    public void ended(Ended ended) {
      ArrayNode all = logprobs.deepCopy();
      ObjectNode last = frame(true);
      last.put("done_reason", ended.reason());
      Prompt told = prompt;
      if (told != null) {
        ArrayNode context = last.putArray("context");
        runner.tokenize(told.text() + ended.raw(), false, true).forEach(context::add);
      }
      Shape.metrics(last, ended, timing);
      if (!all.isEmpty()) {
        last.set("logprobs", all);
      }
      if (stream) {
        out.frame(last);
      } else {
        out.whole(last);
      }
    }

    /// What has been gathered; of a stream it is gone afterwards.
    private ObjectNode frame(boolean done) {
      ObjectNode frame = Shape.begin(asked, desk.clock().instant());
      frame.put("response", response.toString());
      Shape.put(frame, "thinking", thinking.toString());
      frame.put("done", done);
      response.setLength(0);
      thinking.setLength(0);
      if (!done && !logprobs.isEmpty()) {
        frame.set("logprobs", logprobs.deepCopy());
      }
      logprobs.removeAll();
      return frame;
    }
  }
}
