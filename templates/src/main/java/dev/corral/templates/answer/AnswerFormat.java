package dev.corral.templates.answer;

import dev.corral.templates.Json;
import dev.corral.templates.TemplateFailure;
import dev.corral.templates.go.GoTemplate;
import dev.corral.templates.jinja.JinjaTemplate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How the answers of one model are written. Made once for each template; immutable, for any number
/// of answers at once.
public final class AnswerFormat {
  /// An answer that is nothing but content: of a model without a template, or of a raw prompt.
  public static final AnswerFormat PLAIN =
      new AnswerFormat(Layout.PLAIN, Family.NONE, Blanks.LINES);

  private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_.:-]{1,128}");

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

  private final Layout layout;
  private final Family family;
  private final Blanks blanks;
  private final List<String> written;

  /// Found at the first call that somebody demands, since it takes many trials; the same for every
  /// tool.
  private volatile @Nullable Around around;

  /// What was found; nothing is an outcome too.
  record Around(Optional<CallText> text) {}

  AnswerFormat(Layout layout, Family family, Blanks blanks) {
    this(layout, family, blanks, List.of());
  }

  private AnswerFormat(Layout layout, Family family, Blanks blanks, List<String> written) {
    this.written = List.copyOf(written);
    this.layout = layout;
    this.family = family;
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
    return layout.thinks();
  }

  /// True where the model calls tools in a way that is understood here.
  public boolean calls() {
    return !family.isNone();
  }

  /// How a call of this tool is written around its arguments; empty where the arguments are not
  /// written as JSON, or the name would have to be escaped.
  public Optional<CallText> call(String tool) {
    return PLAIN_NAME.matcher(tool).matches()
        ? around().text().map(text -> text.of(tool))
        : Optional.empty();
  }

  Around around() {
    Around found = around;
    if (found == null) {
      found = new Around(CallText.of(written, this));
      around = found;
    }
    return found;
  }

  /// The same, once it is known what the template writes for a call.
  AnswerFormat knowing(List<String> calls) {
    return new AnswerFormat(layout, family, blanks, calls);
  }

  /// The name of the family whose calls are read, as in `docs/compatibility.md`; empty where none.
  public String family() {
    return family.name();
  }

  /// Texts that must reach the parser although a model's vocabulary may hold them as control
  /// tokens, which are otherwise left out when tokens are turned into text.
  public Set<String> marks() {
    return Stream.concat(layout.texts(), family.texts())
        .filter(text -> !text.isBlank())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /// Reads one answer.
  ///
  /// @param prompt what the model was given: many templates open the thinking themselves, so that
  ///   the answer begins inside it
  /// @param tools the tools that it was told of, in the shape that OpenAI and Ollama share; where
  ///   there are none, nothing is taken for a call
  public AnswerParser parser(String prompt, List<Json> tools) {
    return new AnswerParser(this, prompt, tools);
  }

  Layout layout() {
    return layout;
  }

  Family callFamily() {
    return family;
  }

  Blanks blanks() {
    return blanks;
  }
}
