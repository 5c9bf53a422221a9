package dev.corral.templates.go;

import dev.corral.templates.ChatInput;
import dev.corral.templates.ChatTemplate;
import dev.corral.templates.Json;
import dev.corral.templates.Limits;
import dev.corral.templates.MarkedText;
import dev.corral.templates.Messages;
import dev.corral.templates.Meter;
import dev.corral.templates.Out;
import dev.corral.templates.Rendered;
import dev.corral.templates.TemplateFailure;
import dev.corral.templates.go.GoNode.Command;
import dev.corral.templates.go.GoNode.Operand;
import dev.corral.templates.go.GoNode.Pipeline;
import dev.corral.templates.go.GoValue.Form;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A chat template in Go's language, as Ollama runs it. Immutable and without state: any number of
/// threads may render it at once.
public final class GoTemplate implements ChatTemplate {
  private static final Set<String> LEVELS = Set.of("low", "medium", "high", "max");

  private final List<GoNode> nodes;
  private final List<GoNode> lastTurn;
  private final Map<String, List<GoNode>> named;
  private final Set<String> identifiers;

  private GoTemplate(List<GoNode> nodes, Map<String, List<GoNode>> named, Set<String> identifiers) {
    this.nodes = nodes;
    this.named = named;
    this.lastTurn = LastTurn.of(nodes);
    this.identifiers = identifiers;
  }

  /// @throws TemplateFailure with reason and line where the text is no template that can be run
  public static GoTemplate compile(String source) {
    Limits.checkSource(source);
    GoParser.Parsed parsed = GoParser.parse(source);
    List<GoNode> nodes = parsed.nodes();
    Set<String> identifiers = Identifiers.of(parsed);
    if (!identifiers.contains("messages") && !identifiers.contains("response")) {
      nodes = new ArrayList<>(nodes);
      Operand response = new Operand.Field(List.of("Response"));
      Command command = new Command(List.of(response));
      nodes.add(new GoNode.Action(new Pipeline(List.of(), false, List.of(command), 0)));
    }
    return new GoTemplate(List.copyOf(nodes), parsed.named(), identifiers);
  }

  /// The names that the template speaks of, in lower case: `messages`, `tools`, `suffix`, …
  public Set<String> identifiers() {
    return identifiers;
  }

  /// A gap is filled in one pass; a template that knows `.Messages` gets them all at once; any
  /// other is run once for each turn.
  @Override
  public Rendered render(ChatInput input, Limits limits, Clock clock) {
    Meter meter = new Meter(limits);
    Out out = new Out(meter);
    GoRun run = new GoRun(named, meter, clock, out);
    try {
      List<GoData.Turn> turns = merged(input.messages());
      Map<String, GoValue> common = common(input.think());
      if (!input.prompt().isEmpty() && !input.suffix().isEmpty()) {
        run.run(
            nodes,
            data(common, Map.of("Prompt", text(input.prompt()), "Suffix", text(input.suffix()))));
      } else if (identifiers.contains("messages")) {
        Map<String, GoValue> all = new HashMap<>();
        all.put("System", text(system(input.messages())));
        all.put("Messages", GoValue.Slice.of(turns.stream().map(GoData.Turn::value).toList()));
        all.put("Tools", GoData.tools(input.tools()));
        run.run(nodes, data(common, all));
      } else {
        new Turns(run, common).run(turns);
      }
      return new Rendered.Text(out.marked());
    } catch (TemplateFailure failure) {
      return failure.at(run.line);
    }
  }

  /// Neighbours of one role become one message, with a blank line between; results of tools do not.
  private static List<GoData.Turn> merged(List<Json.Fields> messages) {
    List<GoData.Turn> turns = new ArrayList<>();
    for (Json.Fields message : messages) {
      MarkedText role = Messages.role(message);
      MarkedText content = Messages.text(message);
      GoData.Turn last = turns.isEmpty() ? null : turns.getLast();
      if (last != null && last.role().equals(role) && !role.toString().equals("tool")) {
        turns.removeLast();
        MarkedText joined = last.content().concat(BLANK_LINE).concat(content);
        turns.add(new GoData.Turn(role, joined, last.message()));
      } else {
        turns.add(new GoData.Turn(role, content, message));
      }
    }
    return turns;
  }

  private static MarkedText system(List<Json.Fields> messages) {
    MarkedText system = MarkedText.EMPTY;
    boolean first = true;
    for (Json.Fields message : messages) {
      if (Messages.role(message).toString().equals("system")) {
        system = (first ? system : system.concat(BLANK_LINE)).concat(Messages.text(message));
        first = false;
      }
    }
    return system;
  }

  /// `true` alone means the level `medium`.
  private static Map<String, GoValue> common(@Nullable Json think) {
    boolean wanted =
        think instanceof Json.Text || (think instanceof Json.Bool(boolean truth) && truth);
    String level =
        think instanceof Json.Text(MarkedText word) ? word.toString() : wanted ? "medium" : "";
    return Map.of(
        "Response", text(MarkedText.EMPTY),
        "Think", GoValue.of(wanted),
        "ThinkLevel", text(Messages.known(level, LEVELS)),
        "IsThinkSet", GoValue.of(think != null && !(think instanceof Json.Null)));
  }

  private static GoValue data(Map<String, GoValue> common, Map<String, GoValue> more) {
    Map<String, GoValue> all = new TreeMap<>(common);
    all.putAll(more);
    return new GoValue.Dict(all, GoValue.NIL, Form.GO, false);
  }

  private static GoValue text(MarkedText text) {
    return new GoValue.Text(text);
  }

  private static final MarkedText BLANK_LINE = MarkedText.trusted("\n\n");

  /// Feeds a template that knows single turns only.
  private final class Turns {
    private final GoRun run;
    private final Map<String, GoValue> common;
    private MarkedText system = MarkedText.EMPTY;
    private MarkedText prompt = MarkedText.EMPTY;
    private MarkedText response = MarkedText.EMPTY;

    Turns(GoRun run, Map<String, GoValue> common) {
      this.run = run;
      this.common = common;
    }

    void run(List<GoData.Turn> turns) {
      for (GoData.Turn turn : turns) {
        switch (turn.role().toString()) {
          case "system" -> {
            if (!prompt.isEmpty() || !response.isEmpty()) {
              flush(nodes);
            }
            system = turn.content();
          }
          case "user" -> {
            if (!response.isEmpty()) {
              flush(nodes);
            }
            prompt = turn.content();
          }
          case "assistant" -> response = turn.content();
          default -> {} // old templates know no other roles
        }
      }
      flush(lastTurn);
    }

    private void flush(List<GoNode> template) {
      Map<String, GoValue> turn =
          Map.of("System", text(system), "Prompt", text(prompt), "Response", text(response));
      run.run(template, data(common, turn));
      system = MarkedText.EMPTY;
      prompt = MarkedText.EMPTY;
      response = MarkedText.EMPTY;
    }
  }
}
