package dev.corral.runner.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.runner.engine.Ended;
import dev.corral.runner.engine.Engine;
import dev.corral.runner.engine.Listener;
import dev.corral.runner.engine.Piece;
import dev.corral.runner.engine.TaskFailed;
import java.util.List;
import java.util.Locale;

/// `/completion`: a prompt goes on. One answer, whole or as a stream. What a whole answer gathers
/// is the engine's thread's; frames of a stream are made on the connection's thread.
final class Completion implements Listener {
  private static final Ended.Timings NO_TIME = new Ended.Timings(0, 0, 0);

  private final Engine engine;
  private final Exchange exchange;
  private final Wish wish;
  private final int promptTokens;
  private final StringBuilder text = new StringBuilder();
  private final ArrayNode tokens = Json.array();
  private final ArrayNode chances = Json.array();
  private int predicted;

  private Completion(Engine engine, Exchange exchange, Wish wish, int promptTokens) {
    this.engine = engine;
    this.exchange = exchange;
    this.wish = wish;
    this.promptTokens = promptTokens;
  }

  /// @param shift whether a full context loses its older half
  static void answer(Engine engine, Exchange exchange, boolean shift) {
    Fields fields = exchange.fields();
    List<Integer> prompt = Prompts.one(engine, fields.find("prompt"));
    Wish wish = Wish.of(fields);
    Completion completion = new Completion(engine, exchange, wish, prompt.size());
    if (prompt.isEmpty()) {
      completion.nothing();
      return;
    }
    var ticket = engine.submit(wish.task(prompt, shift), completion);
    exchange.whenLeft(ticket::cancel);
  }

  /// An empty prompt has no next token: an answer at once, as llama-server gives it.
  private void nothing() {
    var ended =
        new Ended(Ended.Reason.LIMIT, "", null, false, new Ended.Counts(0, 0, 0, 0), NO_TIME);
    tell(last(ended).put("stop_type", "none"));
  }

  @Override
  public void onToken(Piece piece) {
    if (wish.stream()) {
      exchange.event(() -> frame(piece));
    } else {
      gather(piece);
    }
  }

  private void gather(Piece piece) {
    text.append(piece.text());
    if (wish.returnTokens()) {
      tokens.add(piece.id());
    }
    Piece.Chance chance = piece.chance();
    if (chance != null) {
      chances.add(Told.chance(engine, piece, chance));
    }
  }

  private ObjectNode frame(Piece piece) {
    predicted++;
    ObjectNode frame = Json.object().put("index", 0).put("content", piece.text());
    frame.putArray("tokens").add(piece.id());
    frame.put("stop", false).put("id_slot", -1);
    frame.put("tokens_predicted", predicted).put("tokens_evaluated", promptTokens);
    Piece.Chance chance = piece.chance();
    if (chance != null) {
      frame.putArray("completion_probabilities").add(Told.chance(engine, piece, chance));
    }
    return frame;
  }

  @Override
  public void onEnd(Ended ended) {
    text.append(ended.tail());
    tell(last(ended));
  }

  /// The whole answer, or the last frame of a stream.
  private ObjectNode last(Ended ended) {
    String word = ended.stoppingWord();
    ObjectNode last = Json.object().put("index", 0).put("content", text.toString());
    last.set("tokens", tokens);
    last.put("id_slot", -1).put("stop", true);
    last.put("tokens_predicted", ended.counts().predicted());
    last.put("tokens_evaluated", ended.counts().prompt());
    last.put("truncated", ended.truncated());
    last.put("stop_type", ended.reason().name().toLowerCase(Locale.ROOT));
    last.put("stopping_word", word == null ? "" : word);
    last.put("tokens_cached", ended.counts().kept());
    last.set("timings", Told.timings(ended));
    if (!chances.isEmpty()) {
      last.set("completion_probabilities", chances);
    }
    return last;
  }

  private void tell(ObjectNode last) {
    if (wish.stream()) {
      exchange.event(() -> last);
      exchange.end("");
    } else {
      exchange.answer(200, last);
    }
  }

  @Override
  public void onFailure(TaskFailed failed) {
    exchange.refuse(Refusal.of(failed));
  }
}
