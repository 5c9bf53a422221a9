package dev.corral.templates.jinja;

import dev.corral.templates.ChatInput;
import dev.corral.templates.ChatTemplate;
import dev.corral.templates.Json;
import dev.corral.templates.Limits;
import dev.corral.templates.Out;
import dev.corral.templates.Rendered;
import dev.corral.templates.TemplateFailure;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/// A chat template in Jinja, ready to run. Immutable and without state: any number of threads may
/// render it at once.
public final class JinjaTemplate implements ChatTemplate {
  private final List<Statement> body;
  private final Preparation preparation;

  private JinjaTemplate(List<Statement> body, String source) {
    this.body = body;
    this.preparation = new Preparation(Habits.of(body, source));
  }

  /// @throws TemplateFailure with reason and line where the text is no template that can be run
  public static JinjaTemplate compile(String source) {
    Limits.checkSource(source);
    return new JinjaTemplate(Parser.parse(source), source);
  }

  /// Renders a conversation, prepared as this template expects it. A gap to be filled is beyond
  /// what Jinja templates know.
  @Override
  public Rendered render(ChatInput input, Limits limits, Clock clock) {
    if (!input.suffix().isEmpty()) {
      return new Rendered.Failed("this model's template cannot fill a gap (suffix)", 0);
    }
    try {
      return render(preparation.variables(input), limits, clock);
    } catch (TemplateFailure failure) { // arguments of a call that nest too deeply to be written
      return failure.at(0);
    }
  }

  /// Renders with these variables; what is not among them is undefined.
  ///
  /// @param clock what `strftime_now` tells, in the clock's zone
  public Rendered render(Map<String, Json> variables, Limits limits, Clock clock) {
    return render(body, variables, limits, clock);
  }

  static Rendered render(
      List<Statement> body, Map<String, Json> variables, Limits limits, Clock clock) {
    Rendering rendering = new Rendering(limits, clock);
    try {
      Scope scope = new Scope(null);
      variables.forEach((name, value) -> scope.set(name, Value.from(value, rendering.meter)));
      Out out = new Out(rendering.meter);
      rendering.statements.run(body, scope, out);
      return new Rendered.Text(out.marked());
    } catch (Raise raise) {
      return new Rendered.Raised(raise.words());
    } catch (TemplateFailure failure) {
      return failure.at(rendering.line);
    }
  }
}
