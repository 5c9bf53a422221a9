package dev.corral.node;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.corral.dialect.Fields;
import dev.corral.node.Generation.Wish;
import dev.corral.templates.Json;
import dev.corral.templates.answer.AnswerFormat;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a chat and a generation say alike.
///
/// @param asked the model's name, as it was written
/// @param think what the request says of it; null where it says nothing
record Inquiry(
    Fields ask,
    String asked,
    Known model,
    @Nullable Duration keepAlive,
    @Nullable Think think,
    int topLogprobs,
    Timing timing) {

  /// @param unnamed the answer where no model is named
  /// @throws Refused where there is no such model, or a member cannot be what it is
  static Inquiry of(Desk desk, Fields ask, Refused unnamed) {
    Timing timing = new Timing();
    int topLogprobs = Desk.topLogprobs(ask.number("top_logprobs"));
    Duration keepAlive = KeepAlive.of(ask.any("keep_alive"));
    Think think = Think.of(ask.any("think"));
    String asked = ask.text("model");
    Known model = desk.require(asked, Desk.Missing.PLAIN, unnamed);
    return new Inquiry(ask, asked, model, keepAlive, think, topLogprobs, timing);
  }

  /// With nothing said besides, it means that the model is to go.
  boolean unloads() {
    return Duration.ZERO.equals(keepAlive);
  }

  Options options() {
    return Options.of(model.stored().texts().params(), ask.any("options"));
  }

  /// What does not fit is cut, unless the caller forbids it.
  boolean truncates() {
    return !Boolean.FALSE.equals(ask.maybeFlag("truncate"));
  }

  boolean streams() {
    return !Boolean.FALSE.equals(ask.maybeFlag("stream"));
  }

  /// The prompt is to be shown, and nothing written.
  boolean rendersOnly() {
    return ask.flag("_debug_render_only");
  }

  /// @param calls of which the answer must be one; null where it need not be a call
  /// @param thinks what the model is to do, after its own abilities
  Wish wish(
      Options options,
      AnswerFormat format,
      List<Json> tools,
      @Nullable ArrayNode calls,
      @Nullable Think thinks,
      Turn turn) {
    return new Wish(
        options,
        format,
        tools,
        Desk.schema(ask.any("format")),
        calls,
        thinks != null && thinks.wanted() && format.thinks(),
        truncates(),
        !Boolean.FALSE.equals(ask.maybeFlag("shift")),
        ask.flag("logprobs"),
        topLogprobs,
        Desk.tenant(turn));
  }
}
