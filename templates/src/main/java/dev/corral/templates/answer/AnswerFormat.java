package dev.corral.templates.answer;

import dev.corral.templates.Json;
import dev.corral.templates.TemplateFailure;
import dev.corral.templates.go.GoTemplate;
import dev.corral.templates.jinja.JinjaTemplate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// How the answers of one model are written. Made once for each template; immutable, for any number
/// of answers at once.
public final class AnswerFormat {
  /// An answer that is nothing but content: of a model without a template, or of a raw prompt.
  public static final AnswerFormat PLAIN = new AnswerFormat(Optional.empty(), Blanks.LINES);

  /// The white space that a format puts around its marks, and that is nobody's text.
  enum Blanks {
    /// Line breaks only: so llama-server reads answers of Jinja templates (recording
    /// `chat-think-stream`: ` Let` keeps its space).
    LINES,
    /// All of it: so Ollama reads answers of its own Go templates.
    ALL;

    boolean drops(char c) {
      return c == '\n' || c == '\r' || (this == ALL && Character.isWhitespace(c));
    }
  }

  private final Optional<ThinkingTags> thinking;
  private final Blanks blanks;

  AnswerFormat(Optional<ThinkingTags> thinking, Blanks blanks) {
    this.thinking = thinking;
    this.blanks = blanks;
  }

  /// The format of the models that this Jinja template belongs to; [#PLAIN] where the text is no
  /// template.
  public static AnswerFormat ofJinja(String source) {
    try {
      return Detection.of(JinjaTemplate.compile(source), source, Blanks.LINES);
    } catch (TemplateFailure _) {
      return PLAIN;
    }
  }

  /// The format of the models that this Go template belongs to; [#PLAIN] where the text is no
  /// template.
  public static AnswerFormat ofGo(String source) {
    try {
      return Detection.of(GoTemplate.compile(source), source, Blanks.ALL);
    } catch (TemplateFailure _) {
      return PLAIN;
    }
  }

  /// True where the model can think before it speaks.
  public boolean thinks() {
    return thinking.isPresent();
  }

  /// True where the model knows how to call tools in a way that is understood here.
  public boolean calls() {
    return false;
  }

  /// The name of the family whose calls are read, as in `docs/compatibility.md`; empty where none.
  public String family() {
    return "";
  }

  /// Texts that must reach the parser although a model's vocabulary may hold them as control
  /// tokens, which are otherwise left out when tokens are turned into text.
  public Set<String> marks() {
    Set<String> marks = new LinkedHashSet<>();
    thinking.ifPresent(tags -> marks.addAll(List.of(tags.open(), tags.close())));
    return marks;
  }

  /// Reads one answer.
  ///
  /// @param prompt what the model was given: many templates open the thinking themselves, so that
  ///   the answer begins inside it
  /// @param tools the tools that it was told of, in the shape that OpenAI and Ollama share; where
  ///   there are none, nothing is taken for a call
  public AnswerParser parser(String prompt, List<Json> tools) {
    return new AnswerParser(this, prompt);
  }

  Optional<ThinkingTags> thinking() {
    return thinking;
  }

  Blanks blanks() {
    return blanks;
  }
}
