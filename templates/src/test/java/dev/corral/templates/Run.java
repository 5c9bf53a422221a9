package dev.corral.templates;

import dev.corral.templates.go.GoTemplate;
import dev.corral.templates.jinja.JinjaTemplate;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;

/// Renders small templates of the tests' own.
public final class Run {
  public static final Clock NOON =
      Clock.fixed(Instant.parse("2026-11-20T12:00:00Z"), ZoneOffset.UTC);

  private Run() {}

  public static Rendered jinja(String source, Map<String, Json> variables) {
    return jinja(source, variables, Limits.USUAL);
  }

  public static Rendered jinja(String source, Map<String, Json> variables, Limits limits) {
    try {
      return JinjaTemplate.compile(source).render(variables, limits, NOON);
    } catch (TemplateFailure failure) {
      return failure.at(0);
    }
  }

  public static Rendered jinja(String source, ChatInput input) {
    return JinjaTemplate.compile(source).render(input, Limits.USUAL, NOON);
  }

  public static Rendered go(String source, ChatInput input) {
    try {
      return GoTemplate.compile(source).render(input, Limits.USUAL, NOON);
    } catch (TemplateFailure failure) {
      return failure.at(0);
    }
  }

  /// The text, or the outcome told where there is none.
  public static String text(Rendered rendered) {
    return rendered instanceof Rendered.Text(MarkedText text)
        ? text.toString()
        : rendered.toString();
  }

  /// Messages of JSON, as they come with a request.
  public static Json.Fields message(String json) {
    return (Json.Fields) JsonReader.read(json, true);
  }
}
