package dev.corral.runner.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.runner.engine.Engine;
import java.util.function.Consumer;

/// Which request is answered by whom.
///
/// @param model the name that answers give
/// @param shift whether a context that is full loses its older half
public record Routes(Engine engine, String model, boolean shift, Chat chat)
    implements Consumer<Exchange> {
  public Routes(Engine engine, String model, boolean shift) {
    this(engine, model, shift, new Chat(engine, model, shift));
  }

  /// Answers on the calling thread, which may wait.
  @Override
  public void accept(Exchange exchange) {
    try {
      route(exchange);
    } catch (Refusal refusal) {
      exchange.refuse(refusal);
    } catch (RuntimeException | StackOverflowError mistake) {
      mistake.printStackTrace();
      exchange.refuse(Refusal.broken());
    }
  }

  private void route(Exchange exchange) {
    switch (exchange.request().method() + " " + exchange.request().path()) {
      case "GET /health" -> tell(exchange, About.health());
      case "GET /props" -> tell(exchange, About.props(engine, model));
      case "GET /slots" -> tell(exchange, About.slots(engine));
      case "POST /completion", "POST /completions" -> Completion.answer(engine, exchange, shift);
      case "POST /v1/chat/completions" -> chat.answer(exchange);
      case "POST /apply-template" -> tell(exchange, chat.prompt(exchange.fields()));
      case "POST /v1/embeddings" -> Embeddings.answer(engine, exchange, model, true);
      case "POST /embedding", "POST /embeddings" ->
          Embeddings.answer(engine, exchange, model, false);
      case "POST /tokenize" -> tell(exchange, Words.tokenize(engine, exchange.fields()));
      case "POST /detokenize" -> tell(exchange, Words.detokenize(engine, exchange.fields()));
      default -> throw Refusal.unknownPath();
    }
  }

  private static void tell(Exchange exchange, JsonNode json) {
    exchange.answer(200, json);
  }
}
