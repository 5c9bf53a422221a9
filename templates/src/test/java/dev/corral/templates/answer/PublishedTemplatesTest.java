package dev.corral.templates.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.templates.ChatInput;
import dev.corral.templates.ChatTemplate;
import dev.corral.templates.Golden;
import dev.corral.templates.Json;
import dev.corral.templates.JsonReader;
import dev.corral.templates.Limits;
import dev.corral.templates.Messages;
import dev.corral.templates.Rendered;
import dev.corral.templates.answer.Part.ToolCall;
import dev.corral.templates.go.GoTemplate;
import dev.corral.templates.jinja.JinjaTemplate;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// What a published template writes for an answer with calls is read back as those calls.
class PublishedTemplatesTest {
  private static final List<String> SETS =
      List.of("tool_call", "tool_parallel", "tool_arguments_types", "thinking_tools");

  /// What these write is no JSON: a bracket or a comma is missing.
  private static final Set<String> MISWRITTEN = Set.of("library-phi4-mini-3.8b", "tools-xlam");

  private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

  @TestFactory
  List<DynamicTest> jinja() {
    return tests("jinja", ".jinja", JinjaTemplate::compile, AnswerFormat::ofJinja);
  }

  @TestFactory
  List<DynamicTest> go() {
    return tests("go", ".gotmpl", GoTemplate::compile, AnswerFormat::ofGo);
  }

  private static List<DynamicTest> tests(
      String language,
      String suffix,
      Function<String, ChatTemplate> compiler,
      Function<String, AnswerFormat> formats) {
    return Golden.open(golden -> {
      Json.Fields sets = (Json.Fields) golden.inputs(language).find("sets").orElseThrow();
      List<DynamicTest> tests = new ArrayList<>();
      Map<String, String> templates = golden.templates(language, suffix);
      templates.keySet().removeAll(MISWRITTEN);
      templates.forEach((name, source) ->
          tests.add(
              DynamicTest.dynamicTest(
                  name, () -> check(compiler.apply(source), formats.apply(source), sets))));
      return tests;
    });
  }

  private static void check(ChatTemplate template, AnswerFormat format, Json.Fields sets) {
    for (String name : SETS) {
      Json.Fields set = (Json.Fields) sets.find(name).orElse(Json.Fields.NONE);
      List<Json.Fields> before = new ArrayList<>();
      for (Json.Fields message : list(set, "messages")) {
        if (!Messages.toolCalls(message).isEmpty()) {
          Json.Fields answer = withoutNulls(message);
          check(template, format, before, answer, tools(answer), name);
          break;
        }
        before.add(message);
      }
    }
  }

  private static void check(
      ChatTemplate template,
      AnswerFormat format,
      List<Json.Fields> before,
      Json.Fields answer,
      List<Json> tools,
      String set) {
    String prompt = render(template, before, tools, true);
    List<Json.Fields> all = new ArrayList<>(before);
    all.add(answer);
    String whole = render(template, all, tools, false);
    if (!whole.startsWith(prompt) || prompt.isEmpty()) {
      return; // a template that writes old turns in another way than new ones
    }
    String written = whole.substring(prompt.length());
    List<Json.Fields> calls = Messages.toolCalls(answer).stream().map(Messages::function).toList();
    if (calls.stream().noneMatch(call -> written.contains(name(call)))) {
      return; // it leaves calls out
    }
    List<ToolCall> read = new ArrayList<>();
    for (Part part : Answers.parts(format.parser(prompt, tools), List.of(written))) {
      if (part instanceof ToolCall call) {
        read.add(call);
      }
    }
    assertThat(read).as("%s: %s", set, written).hasSameSizeAs(calls);
    for (int i = 0; i < calls.size(); i++) {
      assertThat(read.get(i).name()).isEqualTo(name(calls.get(i)));
      assertThat(plain(JsonReader.read(read.get(i).arguments(), true)))
          .as("%s: %s", set, written)
          .isEqualTo(plain(Messages.arguments(calls.get(i))));
    }
  }

  /// Tools with the types of these calls: some families do not write them.
  private static List<Json> tools(Json.Fields answer) {
    List<Json> tools = new ArrayList<>();
    for (Json.Fields call : Messages.toolCalls(answer)) {
      Json.Fields function = Messages.function(call);
      Map<String, String> types = new LinkedHashMap<>();
      Messages.arguments(function).fields().forEach((name, value) -> types.put(name, type(value)));
      tools.add(Answers.tool(name(function), types));
    }
    return tools;
  }

  private static String type(Json value) {
    return switch (value) {
      case Json.Whole _, Json.Real _ -> "number";
      case Json.Items _ -> "array";
      case Json.Fields _ -> "object";
      case Json.Bool _ -> "boolean";
      case Json.Text _ -> "string";
      case Json.Null _ -> "null";
    };
  }

  /// Some families write nothing for it, some a word that may as well be text.
  private static Json.Fields withoutNulls(Json.Fields answer) {
    List<Json> calls = new ArrayList<>();
    for (Json.Fields call : Messages.toolCalls(answer)) {
      Json.Fields function = Messages.function(call);
      Json.Fields arguments = Messages.arguments(function);
      for (var field : Messages.arguments(function).fields().entrySet()) {
        arguments =
            field.getValue().equals(Json.NULL) ? arguments.without(field.getKey()) : arguments;
      }
      calls.add(call.with("function", function.with("arguments", arguments)));
    }
    return answer.with("tool_calls", new Json.Items(calls));
  }

  /// Numbers by value: Go writes `3` for `3.0`.
  private static Json plain(Json json) {
    return switch (json) {
      case Json.Whole(BigInteger number) -> new Json.Real(number.doubleValue());
      case Json.Items(List<Json> items) ->
          new Json.Items(items.stream().map(PublishedTemplatesTest::plain).toList());
      case Json.Fields fields -> {
        Json.Fields plain = Json.Fields.NONE;
        for (String name : fields.fields().keySet()) {
          plain = plain.with(name, plain(fields.find(name).orElseThrow()));
        }
        yield plain;
      }
      case Json.Real _, Json.Text _, Json.Bool _, Json.Null _ -> json;
    };
  }

  private static String name(Json.Fields call) {
    return call.findText("name").orElseThrow().toString();
  }

  private static String render(
      ChatTemplate template, List<Json.Fields> messages, List<Json> tools, boolean opened) {
    ChatInput input =
        ChatInput.of(messages)
            .withTools(tools)
            .withGenerationPrompt(opened)
            .with("bos_token", Json.trusted(""))
            .with("eos_token", Json.trusted(""));
    return template.render(input, Limits.USUAL, CLOCK) instanceof Rendered.Text(var text)
        ? text.toString()
        : "";
  }

  private static List<Json.Fields> list(Json.Fields set, String name) {
    return set.find(name).orElse(Json.NULL) instanceof Json.Items(List<Json> items)
        ? items.stream().map(Json.Fields.class::cast).toList()
        : List.of();
  }
}
