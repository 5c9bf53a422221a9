package dev.corral.node;

import dev.corral.templates.ChatTemplate;
import dev.corral.templates.TemplateFailure;
import dev.corral.templates.answer.AnswerFormat;
import dev.corral.templates.go.GoTemplate;
import dev.corral.templates.jinja.JinjaTemplate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The template that turns conversations into prompts for a model, and how the model answers.
sealed interface Voice {
  /// @param source the template's own text, as `show` tells it
  /// @param abilities what the template can, in Ollama's words: `tools`, `insert`, `thinking`
  record Speaks(
      ChatTemplate template,
      String source,
      boolean jinja,
      AnswerFormat format,
      List<String> abilities)
      implements Voice {
    public Speaks {
      abilities = List.copyOf(abilities);
    }
  }

  /// No template that we can run.
  ///
  /// @param why for the caller
  record Dumb(String why, String source) implements Voice {}

  /// What speaks for a model that brought no template: the prompt as it is.
  String PLAIN = "{{ .Prompt }}";

  /// Chooses as Ollama does: a renderer that the config names, the Go template that came with the
  /// model, the Jinja template of its file; of the last two Jinja where it can more. Renderers are
  /// Ollama's own code, so what they would do is left to the file's own template.
  static Voice choose(String renderer, String go, String jinja) {
    if (!renderer.isEmpty()) {
      return jinja.isEmpty()
          ? new Dumb(
              "this model wants Ollama's built-in renderer '"
                  + renderer
                  + "', which is not known here, and its file has no chat template of its own",
              go)
          : jinja(jinja);
    }
    if (go.isEmpty()) {
      return jinja.isEmpty() ? go(PLAIN) : jinja(jinja);
    }
    return !jinja.isEmpty() && prefersJinja(jinja, go) ? jinja(jinja) : go(go);
  }

  static Voice go(String source) {
    try {
      GoTemplate template = GoTemplate.compile(source);
      AnswerFormat format = AnswerFormat.ofGo(source);
      return new Speaks(template, source, false, format, goAbilities(template, format));
    } catch (TemplateFailure e) {
      return broken(e, source);
    }
  }

  private static Voice jinja(String source) {
    try {
      return new Speaks(
          JinjaTemplate.compile(source),
          source,
          true,
          AnswerFormat.ofJinja(source),
          jinjaAbilities(source));
    } catch (TemplateFailure e) {
      return broken(e, source);
    }
  }

  private static Voice broken(TemplateFailure e, String source) {
    return new Dumb("this model's chat template cannot be used: " + e.at(0).text(), source);
  }

  private static List<String> goAbilities(GoTemplate template, AnswerFormat format) {
    List<String> abilities = new ArrayList<>();
    if (template.identifiers().contains("tools")) {
      abilities.add("tools");
    }
    if (template.identifiers().contains("suffix")) {
      abilities.add("insert");
    }
    if (format.thinks()) {
      abilities.add("thinking");
    }
    return abilities;
  }

  /// By the words in it, as Ollama judges, so that listings say the same.
  private static List<String> jinjaAbilities(String source) {
    List<String> abilities = new ArrayList<>();
    if (source.contains("tools") || source.contains("tool_call")) {
      abilities.add("tools");
    }
    boolean tagged = source.contains("<think>") && source.contains("</think>");
    boolean splits =
        (source.contains("content.split('</think>')")
                || source.contains("content.split(\"</think>\")"))
            && !source.contains("reasoning_content")
            && !source.contains("<SPECIAL_12>");
    if (tagged || splits) {
      abilities.add("thinking");
    }
    return abilities;
  }

  /// Ollama's rule (`shouldPreferChatTemplate`): Jinja where it can more, or the same and also
  /// reads the results of tools, which the Go template does not.
  private static boolean prefersJinja(String jinja, String go) {
    Optional<Speaks> other =
        go(go) instanceof Speaks speaks ? Optional.of(speaks) : Optional.empty();
    if (other.isEmpty()) {
      return true;
    }
    List<String> ours = jinjaAbilities(jinja);
    List<String> theirs = other.get().abilities();
    boolean theirRoundTrip = goRoundTrip((GoTemplate) other.get().template(), go);
    if (ours.size() > theirs.size()) {
      return !theirRoundTrip || jinjaRoundTrip(jinja);
    }
    Set<String> same = new LinkedHashSet<>(theirs);
    return same.equals(new LinkedHashSet<>(ours))
        && ours.contains("tools")
        && jinjaRoundTrip(jinja)
        && !theirRoundTrip;
  }

  private static boolean jinjaRoundTrip(String source) {
    boolean calls = source.contains("tool_calls") || source.contains("assistant_tool_call");
    return calls
        && List.of(
                "tool_response",
                "tool_results",
                "role'] == 'tool'",
                "role'] == \"tool\"",
                "role\"] == 'tool'",
                "role\"] == \"tool\"",
                "message.role == 'tool'",
                "message.role == \"tool\"",
                "ipython")
            .stream()
            .anyMatch(source::contains);
  }

  private static boolean goRoundTrip(GoTemplate template, String source) {
    return template.identifiers().contains("tools")
        && template.identifiers().contains("toolcalls")
        && (source.contains("eq .Role \"tool\"")
            || source.contains("tool_response")
            || source.contains("TOOL_RESULTS"));
  }
}
