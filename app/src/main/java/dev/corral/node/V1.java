package dev.corral.node;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.dialect.ChatRetelling;
import dev.corral.dialect.CompletionRetelling;
import dev.corral.dialect.EmbeddingRetelling;
import dev.corral.dialect.Fields;
import dev.corral.dialect.FromMessages;
import dev.corral.dialect.FromOpenAi;
import dev.corral.dialect.FromResponses;
import dev.corral.dialect.MessagesRetelling;
import dev.corral.dialect.ResponsesRetelling;
import dev.corral.dialect.Retelling;
import java.io.IOException;
import java.util.List;

/// OpenAI's and Anthropic's calls, by way of Ollama's own.
public final class V1 {
  private final Chat chat;
  private final Generate generate;
  private final Embed embed;

  public V1(Chat chat, Generate generate, Embed embed) {
    this.chat = chat;
    this.generate = generate;
    this.embed = embed;
  }

  public List<Route> routes() {
    return List.of(
        new Route("POST", "/v1/chat/completions", this::chat),
        new Route("POST", "/v1/completions", this::completions),
        new Route("POST", "/v1/embeddings", this::embeddings),
        new Route("POST", "/v1/responses", this::responses),
        new Route("POST", "/v1/messages", this::messages),
        new Route("POST", "/v1/messages/count_tokens", this::count));
  }

  private void chat(Turn turn) throws IOException {
    Fields ask = turn.fields("ChatCompletionRequest");
    Fields wanted = Fields.of("ChatRequest", FromOpenAi.chat(ask));
    chat.answer(wanted, false, out(turn, ask, new ChatRetelling(usage(ask)), false), turn);
  }

  private void completions(Turn turn) throws IOException {
    Fields ask = turn.fields("CompletionRequest");
    Fields wanted = Fields.of("GenerateRequest", FromOpenAi.completion(ask));
    generate.answer(wanted, out(turn, ask, new CompletionRetelling(usage(ask)), false), turn);
  }

  private void embeddings(Turn turn) throws IOException {
    Fields ask = turn.fields("EmbedRequest");
    ObjectNode answer = embed.answer(Fields.of("EmbedRequest", FromOpenAi.embed(ask)), turn);
    turn.line(EmbeddingRetelling.of(answer, ask.text("model"), ask.text("encoding_format")));
  }

  private void responses(Turn turn) throws IOException {
    Fields ask = turn.fields("ResponsesRequest");
    Fields wanted = Fields.of("ChatRequest", FromResponses.chat(ask));
    chat.answer(wanted, false, out(turn, ask, new ResponsesRetelling(ask), true), turn);
  }

  private void messages(Turn turn) throws IOException {
    Fields ask = turn.fields("MessagesRequest");
    Fields wanted = Fields.of("ChatRequest", FromMessages.chat(ask));
    Retelling telling = new MessagesRetelling(ask.text("model"), FromMessages.guess(ask));
    chat.answer(wanted, true, out(turn, ask, telling, true), turn);
  }

  /// Ollama has no such call; the shape is Anthropic's.
  private void count(Turn turn) throws IOException {
    Fields ask = turn.fields("CountTokensRequest");
    Fields wanted = Fields.of("ChatRequest", FromMessages.prompt(ask));
    turn.line(JsonNodeFactory.instance.objectNode().put("input_tokens", chat.count(wanted, turn)));
  }

  private static boolean usage(Fields ask) {
    return ask.object("stream_options", "openai.StreamOptions").flag("include_usage");
  }

  /// @param fresh a stream that nobody may keep
  private static Out out(Turn turn, Fields ask, Retelling telling, boolean fresh) {
    boolean streamed = ask.flag("stream");
    Frames events = turn.events(fresh);
    return new Out() {
      @Override
      public void whole(ObjectNode answer) {
        if (streamed) {
          frame(answer);
        } else {
          turn.line(telling.whole(answer));
        }
      }

      @Override
      public void frame(ObjectNode frame) {
        StringBuilder text = new StringBuilder();
        telling.frame(frame).forEach(event -> text.append(event.text()));
        if (!text.isEmpty()) {
          events.raw(text.toString());
        }
        if (frame.path("done").asBoolean()) {
          events.end();
        }
      }
    };
  }
}
