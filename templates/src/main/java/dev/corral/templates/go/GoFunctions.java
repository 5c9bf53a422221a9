package dev.corral.templates.go;

import static java.util.Map.entry;

import dev.corral.templates.MarkedText;
import dev.corral.templates.Out;
import dev.corral.templates.TemplateFailure;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// The functions of a template: Go's own and Ollama's. `and` and `or` are in [GoRun], because they
/// leave arguments unevaluated.
final class GoFunctions {
  /// @param least arguments it needs
  /// @param most arguments it takes
  record Function(int least, int most, Body body) {}

  /// What a function does.
  interface Body {
    GoValue apply(GoRun run, List<GoValue> arguments);
  }

  private static final int ANY = Integer.MAX_VALUE;

  private static final Map<String, Function> ALL =
      Map.ofEntries(
          entry(
              "not",
              new Function(1, 1, (_, given) -> GoValue.of(!GoValue.isTrue(given.getFirst())))),
          entry("eq", new Function(2, ANY, (_, given) -> GoValue.of(GoCompare.equal(given)))),
          entry("ne", new Function(2, 2, (_, given) -> GoValue.of(!GoCompare.equal(given)))),
          entry("lt", new Function(2, 2, (_, given) -> GoValue.of(GoCompare.order(given) < 0))),
          entry("le", new Function(2, 2, (_, given) -> GoValue.of(GoCompare.order(given) <= 0))),
          entry("gt", new Function(2, 2, (_, given) -> GoValue.of(GoCompare.order(given) > 0))),
          entry("ge", new Function(2, 2, (_, given) -> GoValue.of(GoCompare.order(given) >= 0))),
          entry("len", new Function(1, 1, (_, given) -> GoSequences.length(given.getFirst()))),
          entry("index", new Function(1, ANY, (_, given) -> GoSequences.index(given))),
          entry("slice", new Function(1, 4, GoSequences::slice)),
          entry("print", new Function(0, ANY, (run, given) -> print(run, given, false))),
          entry("println", new Function(0, ANY, (run, given) -> print(run, given, true))),
          entry("printf", new Function(1, ANY, GoFormat::apply)),
          entry("json", new Function(1, 1, (run, given) -> json(run, given.getFirst()))),
          entry("currentDate", new Function(0, ANY, (run, _) -> date(run, 0))),
          entry("yesterdayDate", new Function(0, ANY, (run, _) -> date(run, 1))),
          entry(
              "toTypeScriptType",
              new Function(1, 1, (_, given) -> GoValue.text(typeScript(given.getFirst())))),
          entry(
              "html", new Function(1, ANY, (run, given) -> changed(run, given, GoFunctions::html))),
          entry("js", new Function(1, ANY, (run, given) -> changed(run, given, GoFunctions::js))),
          entry(
              "urlquery",
              new Function(1, ANY, (run, given) -> changed(run, given, GoFunctions::query))),
          entry("and", new Function(1, ANY, (_, given) -> given.getLast())),
          entry("or", new Function(1, ANY, (_, given) -> given.getLast())));

  private GoFunctions() {}

  static boolean known(String name) {
    return ALL.containsKey(name);
  }

  static GoValue call(String name, GoRun run, List<GoValue> arguments) {
    Function function = ALL.get(name);
    if (function == null) {
      throw new TemplateFailure("there is no function '" + name + "'");
    }
    if (arguments.size() < function.least() || arguments.size() > function.most()) {
      throw new TemplateFailure("'" + name + "' does not take " + arguments.size() + " arguments");
    }
    return function.body().apply(run, arguments);
  }

  /// With blanks between operands of which neither is text; `println` always.
  private static GoValue print(GoRun run, List<GoValue> arguments, boolean lines) {
    Out out = new Out(run.meter);
    GoValue last = null;
    for (GoValue value : arguments) {
      boolean texts = value instanceof GoValue.Text || last instanceof GoValue.Text;
      out.add(last != null && (lines || !texts) ? " " : "");
      GoText.write(value, out);
      last = value;
    }
    return new GoValue.Text(out.add(lines ? "\n" : "").marked());
  }

  private static GoValue json(GoRun run, GoValue value) {
    Out out = new Out(run.meter);
    GoJson.write(value, out);
    return new GoValue.Text(out.marked());
  }

  private static GoValue date(GoRun run, int daysAgo) {
    return GoValue.text(LocalDate.now(run.clock).minusDays(daysAgo).toString());
  }

  private static GoValue changed(GoRun run, List<GoValue> arguments, UnaryOperator<String> change) {
    GoValue printed =
        arguments.size() == 1 && arguments.getFirst() instanceof GoValue.Text text
            ? text
            : print(run, arguments.stream().map(GoFunctions::shown).toList(), false);
    MarkedText text = ((GoValue.Text) printed).text();
    run.meter.text(6L * text.length());
    return new GoValue.Text(text.map(change));
  }

  private static GoValue shown(GoValue value) {
    return value instanceof GoValue.Nil ? GoValue.text("<no value>") : value;
  }

  private static String html(String text) {
    return text.replace("&", "&amp;")
        .replace("\"", "&#34;")
        .replace("'", "&#39;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\0", "\uFFFD");
  }

  private static String query(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("*", "%2A").replace("%7E", "~");
  }

  private static String js(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 8);
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '\\', '\'', '"' -> escaped.append('\\').appendCodePoint(c);
            case '<', '>', '&', '=' -> escaped.append(String.format("\\u%04X", c));
            default -> {
              if (GoText.printable(c)) {
                escaped.appendCodePoint(c);
              } else {
                escaped.append(String.format("\\u%04X", c));
              }
            }
          }
        });
    return escaped.toString();
  }

  /// The type of a tool's parameter as TypeScript writes it; `any` for everything else.
  private static String typeScript(GoValue value) {
    if (!(value instanceof GoValue.Struct property) || !property.type().equals(GoData.PROPERTY)) {
      return "any";
    }
    if (property.find("AnyOf") instanceof GoValue.Slice anyOf && !anyOf.items().isEmpty()) {
      return String.join(" | ", anyOf.items().stream().map(GoFunctions::typeScript).toList());
    }
    if (!(property.find("Type") instanceof GoValue.Slice types) || types.items().isEmpty()) {
      return "any";
    }
    return String.join(
        " | ",
        types.items().stream()
            .map(type -> type instanceof GoValue.Text(MarkedText name) ? name.toString() : "")
            .map(GoFunctions::typeScriptName)
            .toList());
  }

  private static String typeScriptName(String jsonType) {
    return switch (jsonType) {
      case "string" -> "string";
      case "number", "integer" -> "number";
      case "boolean" -> "boolean";
      case "array" -> "any[]";
      case "object" -> "Record<string, any>";
      case "null" -> "null";
      default -> "any";
    };
  }
}
