package dev.corral.testkit;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Lets models speak: finds them, loads them, and says their words at their pace.
final class Talk {
  private final ModelTable models;
  private volatile Pace pace;

  Talk(ModelTable models, Pace pace) {
    this.models = models;
    this.pace = pace;
  }

  ModelTable models() {
    return models;
  }

  void pace(Pace next) {
    pace = next;
  }

  /// The model of that name.
  ///
  /// @param missing the text of the 404, from the name as sent
  /// @throws ApiError where there is none, or the name is none
  ModelTable.Entry require(String name, UnaryOperator<String> missing) {
    if (!models.accepts(name)) {
      throw ApiError.of(400, "invalid model name");
    }
    if (name.endsWith(":cloud") || name.endsWith("-cloud")) {
      throw ApiError.of(403, "ollama cloud is disabled: remote model is unavailable");
    }
    return models.find(name).orElseThrow(() -> ApiError.of(404, missing.apply(name)));
  }

  /// The 404 of chat and generate.
  static String missing(String name) {
    return "model '" + name + "' not found";
  }

  /// The 404 of everything that embeds.
  static String missingEmbed(String name) {
    return "model \"" + name + "\" not found, try pulling it first";
  }

  /// Loads the model, as slowly as its pace says.
  void load(ModelTable.Entry entry, Wish wish, Exchange exchange) {
    load(entry, wish.context(), wish.keepAlive(), exchange);
  }

  void load(ModelTable.Entry entry, int context, @Nullable Duration keepAlive, Exchange exchange) {
    int trained = entry.model().contextLength();
    int effective = context > 0 ? Math.min(context, trained) : trained;
    if (models.touch(entry, effective, keepAlive)) {
      exchange.pause(paceOf(entry).load());
    }
  }

  private Pace paceOf(ModelTable.Entry entry) {
    Pace own = entry.model().pace();
    return own == null ? pace : own;
  }

  /// Answers a request for text.
  void say(ModelTable.Entry entry, Wish wish, Voice voice, boolean stream, Reply reply) {
    load(entry, wish, reply.exchange());
    Speech speech = Speech.plan(entry.model(), wish, reply.fault());
    Pace at = paceOf(entry);
    reply.exchange().pause(at.prefill());
    // Before the end of the answer, so that whoever has it finds the model gone.
    Runnable atEnd =
        wish.keepAlive() != null && wish.keepAlive().isZero()
            ? () -> models.unload(entry)
            : () -> {};
    if (stream) {
      stream(speech, voice, at, reply, atEnd);
    } else if (speech.limit() == Integer.MAX_VALUE) {
      // Not streamed and without an end: a real one would compute until the client leaves.
      reply.exchange().pause(Fault.FOREVER);
    } else {
      reply.exchange().pause(at.perToken().multipliedBy(speech.limit()));
      atEnd.run();
      reply.whole(200, voice.wholeHeaders(), voice.whole(speech.whole()));
    }
  }

  private static void stream(Speech speech, Voice voice, Pace pace, Reply reply, Runnable atEnd) {
    Reply.Frames frames = reply.stream(voice.streamHeaders(), voice::lateError);
    for (int i = 0; i < speech.limit(); i++) {
      reply.exchange().pause(pace.perToken());
      if (i == 0) {
        all(voice.opening(), frames);
      }
      all(voice.piece(speech.at(i)), frames);
    }
    if (!speech.reason().isEmpty()) {
      if (speech.limit() == 0) {
        all(voice.opening(), frames);
      }
      all(voice.closing(speech.whole()), frames);
    }
    atEnd.run();
    frames.end();
  }

  private static void all(List<byte[]> bytes, Reply.Frames frames) {
    bytes.forEach(frames::frame);
  }
}
