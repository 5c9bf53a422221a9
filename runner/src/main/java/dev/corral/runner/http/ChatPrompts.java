package dev.corral.runner.http;

import dev.corral.runner.engine.Engine;
import dev.corral.runner.engine.Facts;
import dev.corral.templates.ChatTemplate;
import dev.corral.templates.ControlTokens;
import dev.corral.templates.Json;
import dev.corral.templates.Limits;
import dev.corral.templates.MarkedText;
import dev.corral.templates.Rendered;
import dev.corral.templates.TemplateFailure;
import dev.corral.templates.answer.AnswerFormat;
import dev.corral.templates.jinja.JinjaTemplate;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Messages to prompts, by the model's own template. What a user typed never becomes a control
/// token.
final class ChatPrompts {
  /// Templates tell the date of the place where this runs.
  private static final Clock CLOCK = Clock.system(ZoneId.systemDefault());

  private final Engine engine;
  private final ChatTemplate template;
  private final AnswerFormat format;
  private final Map<String, Integer> ids;
  private final ControlTokens control;
  private final Map<String, Json> ofModel = new LinkedHashMap<>();

  private ChatPrompts(Engine engine, ChatTemplate template, AnswerFormat format) {
    this.engine = engine;
    this.template = template;
    this.format = format;
    this.ids = engine.controlTokens();
    this.control = new ControlTokens(ids.keySet());
    Facts facts = engine.facts();
    ofModel.put("bos_token", Json.trusted(text(facts.bos())));
    ofModel.put("eos_token", Json.trusted(text(facts.eos())));
  }

  /// @throws Refusal where the model has no template, or none that can be read
  static ChatPrompts of(Engine engine) {
    String source = engine.facts().chatTemplate();
    if (source.isEmpty()) {
      throw Refusal.invalid(
          "This model has no chat template, so that it cannot chat; ask /completion with a prompt");
    }
    try {
      return new ChatPrompts(engine, JinjaTemplate.compile(source), AnswerFormat.ofJinja(source));
    } catch (TemplateFailure failure) {
      throw unusable(failure.at(0).text());
    }
  }

  private static String text(Facts.@Nullable SpecialToken token) {
    return token == null ? "" : token.text();
  }

  private static Refusal unusable(String why) {
    return Refusal.invalid("This model's chat template cannot be used: " + why);
  }

  AnswerFormat format() {
    return format;
  }

  Set<String> controlTokens() {
    return ids.keySet();
  }

  MarkedText render(ChatRequest request) {
    return switch (template.render(request.input(ofModel), Limits.USUAL, CLOCK)) {
      case Rendered.Text(MarkedText text) -> text;
      case Rendered.Raised(String message) ->
          throw Refusal.invalid("The model's chat template refuses these messages: " + message);
      case Rendered.Failed failed -> throw unusable(failed.text());
    };
  }

  /// The prompt's tokens; with the model's first token in front, unless the template wrote it.
  List<Integer> tokens(MarkedText prompt) {
    List<Integer> tokens = new ArrayList<>();
    for (ControlTokens.Piece piece : control.split(prompt)) {
      Integer id = piece.control() ? ids.get(piece.text()) : null;
      if (id != null) {
        tokens.add(id);
      } else {
        tokens.addAll(engine.tokenize(piece.text(), false, false));
      }
    }
    Facts.SpecialToken bos = engine.facts().bos();
    if (bos != null && engine.facts().addsBos() && !startsWith(tokens, bos.id())) {
      tokens.addFirst(bos.id());
    }
    return tokens;
  }

  private static boolean startsWith(List<Integer> tokens, int id) {
    return !tokens.isEmpty() && tokens.getFirst() == id;
  }
}
