package dev.corral.templates.go;

import dev.corral.templates.Json;
import dev.corral.templates.Limits;
import dev.corral.templates.MarkedText;
import dev.corral.templates.Messages;
import dev.corral.templates.TemplateFailure;
import dev.corral.templates.go.GoValue.Field;
import dev.corral.templates.go.GoValue.Form;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What Ollama's program hands to a template, field by field and type by type: only the fields that
/// its types have survive (a parameter's `default` does not), numbers of JSON are reals, maps are
/// sorted, and tools and arguments print as JSON. One intended difference: a tool's `.Function` and
/// its parameters print as JSON too, as releases before 2026 had it and templates expect.
final class GoData {
  static final String PROPERTY = "api.ToolProperty";
  private static final Set<String> JSON_TYPES =
      Set.of("string", "number", "integer", "boolean", "array", "object", "null", "function");

  private GoData() {}

  /// Any JSON, as Go reads it without knowing a type.
  ///
  /// @throws TemplateFailure where it nests too deeply
  static GoValue any(Json json) {
    return any(json, 0);
  }

  private static GoValue any(Json json, int depth) {
    checkDepth(depth);
    return switch (json) {
      case Json.Null() -> GoValue.NIL;
      case Json.Bool(boolean truth) -> GoValue.of(truth);
      case Json.Whole whole -> new GoValue.Real(whole.number().doubleValue());
      case Json.Real(double number) -> new GoValue.Real(number);
      case Json.Text(MarkedText text) -> new GoValue.Text(text);
      case Json.Items(List<Json> items) ->
          GoValue.Slice.of(items.stream().map(item -> any(item, depth + 1)).toList());
      case Json.Fields fields -> map(fields, Form.GO, depth + 1);
    };
  }

  private static void checkDepth(int depth) {
    if (depth > Limits.NESTING) {
      throw new TemplateFailure("JSON nests deeper than " + Limits.NESTING + " levels");
    }
  }

  private static GoValue.Dict map(Json.Fields fields, Form form, int depth) {
    Map<String, GoValue> entries = new TreeMap<>();
    fields.fields().forEach((name, value) -> entries.put(name, any(value, depth)));
    return new GoValue.Dict(entries, GoValue.NIL, form, false);
  }

  static GoValue tools(List<Json> tools) {
    List<GoValue> values = new ArrayList<>();
    for (Json tool : tools) {
      if (tool instanceof Json.Fields fields) {
        values.add(tool(fields));
      }
    }
    return new GoValue.Slice(values, Form.JSON, tools.isEmpty());
  }

  private static GoValue tool(Json.Fields tool) {
    Json.Fields function = fields(tool, "function");
    Json.Fields parameters = fields(function, "parameters");
    GoValue shape =
        new GoValue.Struct(
            "template.templateToolFunctionParameters",
            List.of(
                new Field("Type", type(parameters), "type", false),
                new Field("Defs", any(parameters, "$defs"), "$defs", true),
                new Field("Items", any(parameters, "items"), "items", true),
                new Field("Required", list(parameters, "required"), "required", true),
                new Field("Properties", properties(parameters, true, 0), "properties", false)),
            Form.JSON);
    GoValue described =
        new GoValue.Struct(
            "template.templateToolFunction",
            List.of(
                new Field("Name", text(function, "name"), "name", false),
                new Field("Description", text(function, "description"), "description", false),
                new Field("Parameters", shape, "parameters", false)),
            Form.JSON);
    return new GoValue.Struct(
        "template.templateTool",
        List.of(
            new Field("Type", type(tool), "type", false),
            new Field("Items", any(tool, "items"), "items", true),
            new Field("Function", described, "function", false)),
        Form.JSON);
  }

  /// @param sorted true for the outermost, which is a map; those within keep their order
  private static GoValue properties(Json.Fields schema, boolean sorted, int depth) {
    checkDepth(depth);
    GoValue none = property(Json.Fields.NONE, depth);
    if (!(schema.find("properties").orElse(Json.NULL) instanceof Json.Fields(var fields))) {
      return new GoValue.Dict(Map.of(), none, Form.JSON, true);
    }
    Map<String, GoValue> entries = sorted ? new TreeMap<>() : new LinkedHashMap<>();
    fields.forEach((name, value) ->
        entries.put(name, value instanceof Json.Fields one ? property(one, depth) : none));
    return new GoValue.Dict(entries, none, Form.JSON, false);
  }

  private static GoValue property(Json.Fields property, int depth) {
    checkDepth(depth);
    boolean nested = property.find("properties").orElse(Json.NULL) instanceof Json.Fields;
    return new GoValue.Struct(
        PROPERTY,
        List.of(
            new Field("AnyOf", anyOf(property, depth + 1), "anyOf", true),
            new Field("Type", types(property), "type", true),
            new Field("Items", any(property, "items"), "items", true),
            new Field("Description", text(property, "description"), "description", true),
            new Field("Enum", list(property, "enum"), "enum", true),
            new Field(
                "Properties",
                nested ? properties(property, false, depth + 1) : GoValue.NIL,
                "properties",
                true),
            new Field("Required", list(property, "required"), "required", true)),
        Form.GO);
  }

  private static GoValue anyOf(Json.Fields property, int depth) {
    if (!(property.find("anyOf").orElse(Json.NULL) instanceof Json.Items(List<Json> items))) {
      return GoValue.Slice.NONE;
    }
    return GoValue.Slice.of(
        items.stream()
            .filter(Json.Fields.class::isInstance)
            .map(item -> property((Json.Fields) item, depth))
            .toList());
  }

  private static GoValue types(Json.Fields property) {
    List<GoValue> types =
        switch (property.find("type").orElse(Json.NULL)) {
          case Json.Text _ -> List.of(type(property));
          case Json.Items(List<Json> items) ->
              items.stream()
                  .filter(Json.Text.class::isInstance)
                  .map(item -> word(((Json.Text) item).text()))
                  .toList();
          default -> List.of();
        };
    return new GoValue.Slice(types, Form.ONE_OR_MANY, types.isEmpty());
  }

  private static GoValue type(Json.Fields of) {
    return word(of.findText("type").orElse(MarkedText.EMPTY));
  }

  private static GoValue word(MarkedText type) {
    return new GoValue.Text(Messages.known(type.toString(), JSON_TYPES));
  }

  private static GoValue text(Json.Fields of, String name) {
    return new GoValue.Text(of.findText(name).orElse(MarkedText.EMPTY));
  }

  private static GoValue list(Json.Fields of, String name) {
    return any(of, name) instanceof GoValue.Slice slice ? slice : GoValue.Slice.NONE;
  }

  private static GoValue any(Json.Fields of, String name) {
    return any(of.find(name).orElse(Json.NULL));
  }

  private static Json.Fields fields(Json.Fields of, String name) {
    return of.find(name).orElse(Json.NULL) instanceof Json.Fields fields
        ? fields
        : Json.Fields.NONE;
  }

  /// One message as templates see it.
  record Turn(MarkedText role, MarkedText content, Json.Fields message) {
    GoValue value() {
      List<GoValue> calls = new ArrayList<>();
      for (Json.Fields call : Messages.toolCalls(message)) {
        calls.add(call(call, calls.size()));
      }
      MarkedText thinking = Messages.thinking(message).orElse(MarkedText.EMPTY);
      return new GoValue.Struct(
          "*template.templateMessage",
          List.of(
              new Field("Role", new GoValue.Text(role), "Role", false),
              new Field("Content", new GoValue.Text(content), "Content", false),
              new Field("Thinking", new GoValue.Text(thinking), "Thinking", false),
              new Field("Images", list(message, "images"), "Images", false),
              new Field(
                  "ToolCalls",
                  calls.isEmpty() ? GoValue.Slice.NONE : GoValue.Slice.of(calls),
                  "ToolCalls",
                  false),
              new Field("ToolName", text(message, toolName()), "ToolName", false),
              new Field("ToolCallID", text(message, "tool_call_id"), "ToolCallID", false)),
          Form.GO);
    }

    private String toolName() {
      Optional<MarkedText> name = message.findText("tool_name");
      return name.isPresent() ? "tool_name" : "name";
    }

    private static GoValue call(Json.Fields call, int position) {
      Json.Fields function = Messages.function(call);
      long index =
          function.find("index").orElse(Json.NULL) instanceof Json.Whole whole
              ? whole.number().longValue()
              : position;
      GoValue called =
          new GoValue.Struct(
              "template.templateToolCallFunction",
              List.of(
                  new Field("Index", new GoValue.Int(index), "Index", false),
                  new Field("Name", text(function, "name"), "Name", false),
                  new Field(
                      "Arguments",
                      map(Messages.arguments(function), Form.JSON, 0),
                      "Arguments",
                      false)),
              Form.GO);
      return new GoValue.Struct(
          "template.templateToolCall",
          List.of(
              new Field("ID", text(call, "id"), "ID", false),
              new Field("Function", called, "Function", false)),
          Form.GO);
    }
  }
}
