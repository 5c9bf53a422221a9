package dev.corral.templates.jinja;

import static java.util.Map.entry;

import dev.corral.templates.JsonReader;
import dev.corral.templates.MarkedText;
import dev.corral.templates.Out;
import dev.corral.templates.TemplateFailure;
import dev.corral.templates.jinja.Arguments.Bound;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// The filters of text, numbers and JSON.
final class Filters {
  static final Map<String, Filter> ALL =
      Map.ofEntries(
          entry("tojson", Filters::toJson),
          entry("from_json", Filters::fromJson),
          entry("string", (rendering, value, _) -> string(value, rendering)),
          entry("safe", (_, value, _) -> value),
          entry("trim", Filters::trim),
          entry(
              "upper",
              (rendering, value, _) -> rendering.text(TextMethods.upper(text(value, rendering)))),
          entry(
              "lower",
              (rendering, value, _) -> rendering.text(TextMethods.lower(text(value, rendering)))),
          entry(
              "title",
              (rendering, value, _) -> rendering.text(TextCase.words(text(value, rendering)))),
          entry(
              "capitalize",
              (rendering, value, _) ->
                  rendering.text(TextMethods.capitalize(text(value, rendering)))),
          entry("replace", Filters::replace),
          entry("indent", Filters::indent),
          entry("center", Filters::center),
          entry("truncate", Filters::truncate),
          entry("wordcount", Filters::wordCount),
          entry("format", Filters::format),
          entry("escape", Filters::escape),
          entry("e", Filters::escape),
          entry("forceescape", Filters::escape),
          entry("urlencode", Filters::urlEncode),
          entry("default", (_, value, given) -> otherwise(value, given)),
          entry("d", (_, value, given) -> otherwise(value, given)),
          entry("abs", (_, value, _) -> absolute(value)),
          entry("int", (_, value, given) -> integer(value, given)),
          entry("float", (_, value, given) -> real(value, given)),
          entry("round", (_, value, given) -> round(value, given)),
          entry("attr", Filters::attribute));

  private Filters() {}

  private static MarkedText text(Value value, Rendering rendering) {
    return PythonText.str(value, rendering);
  }

  private static Value string(Value value, Rendering rendering) {
    return value instanceof Value.Text ? value : new Value.Text(text(value, rendering));
  }

  private static Value toJson(Rendering rendering, Value value, Arguments arguments) {
    Bound given = arguments.bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys");
    Value width = given.value(1, Value.NONE);
    MarkedText indent = null;
    if (width instanceof Value.Text(MarkedText written)) {
      indent = written;
    } else if (!(width instanceof Value.None)) {
      indent = new Out(rendering.meter).pad(Math.max(0, given.integer(1, 0))).marked();
    }
    MarkedText comma = MarkedText.trusted(indent == null ? ", " : ",");
    MarkedText colon = MarkedText.trusted(": ");
    if (given.value(2, Value.NONE) instanceof Value.Items(var _, List<Value> two)) {
      if (two.size() != 2) {
        throw new TemplateFailure("'tojson' needs two separators");
      }
      comma = text(two.get(0), rendering);
      colon = text(two.get(1), rendering);
    }
    Out out = new Out(rendering.meter);
    new JsonText(indent, comma, colon, given.flag(0), given.flag(3)).write(value, out);
    return Value.of(out);
  }

  private static Value fromJson(Rendering rendering, Value value, Arguments arguments) {
    arguments.bind("from_json");
    if (!(value instanceof Value.Text(MarkedText json))) {
      throw Operators.undefinedOr(value, value, "'from_json' reads text, not a " + Kinds.of(value));
    }
    rendering.meter.text(json.length());
    return Value.from(JsonReader.read(json.toString(), json.marked()), rendering.meter);
  }

  private static Value trim(Rendering rendering, Value value, Arguments arguments) {
    MarkedText characters = arguments.bind("trim", "chars").findText(0);
    return rendering.text(TextMethods.strip(text(value, rendering), characters, true, true));
  }

  private static Value replace(Rendering rendering, Value value, Arguments arguments) {
    Bound given = arguments.bind("replace", "old", "new", "count");
    return TextMethods.replace(
        rendering,
        text(value, rendering),
        text(given.require(0), rendering),
        text(given.require(1), rendering),
        given.integer(2, -1));
  }

  private static Value indent(Rendering rendering, Value value, Arguments arguments) {
    Bound given = arguments.bind("indent", "width", "first", "blank");
    Out indentation = new Out(rendering.meter);
    if (given.value(0, Value.NONE) instanceof Value.Text(MarkedText written)) {
      indentation.add(written);
    } else {
      indentation.pad(Math.max(0, given.integer(0, 4)));
    }
    MarkedText indent = indentation.marked();
    MarkedText text = text(value, rendering).concat(MarkedText.trusted("\n"));
    Out out = new Out(rendering.meter);
    boolean first = true;
    for (Value line : TextSplit.lines(text, false, rendering.meter)) {
      MarkedText words = text(line, rendering);
      boolean indented = first ? given.flag(1) : given.flag(2) || !words.isEmpty();
      out.add(first ? "" : "\n").add(indented ? indent : MarkedText.EMPTY).add(words);
      first = false;
    }
    return Value.of(out);
  }

  private static Value center(Rendering rendering, Value value, Arguments arguments) {
    int width = arguments.bind("center", "width").integer(0, 80);
    return TextMethods.justify(
        rendering, text(value, rendering), width, MarkedText.trusted(" "), 1);
  }

  private static Value truncate(Rendering rendering, Value value, Arguments arguments) {
    Bound given = arguments.bind("truncate", "length", "killwords", "end", "leeway");
    MarkedText text = text(value, rendering);
    MarkedText end = text(given.value(2, Value.text("...")), rendering);
    int length = given.integer(0, 255);
    if (length < end.codePoints()) {
      throw new TemplateFailure("'truncate' needs a length of at least " + end.codePoints());
    }
    Integer shown = Sequences.length(value);
    if (shown == null) {
      throw new TemplateFailure("a " + Kinds.of(value) + " cannot be truncated");
    }
    if (shown <= (long) length + given.integer(3, 5)) {
      return value;
    }
    int cut = text.offset(Math.min(text.codePoints(), length - end.codePoints()));
    int blank = given.flag(1) ? -1 : text.toString().lastIndexOf(' ', cut - 1);
    return Value.of(new Out(rendering.meter).add(text, 0, blank < 0 ? cut : blank).add(end));
  }

  private static Value wordCount(Rendering rendering, Value value, Arguments arguments) {
    arguments.bind("wordcount");
    long words = 0;
    boolean within = false;
    for (int c : text(value, rendering).toString().codePoints().toArray()) {
      boolean word = c == '_' || Character.isLetterOrDigit(c);
      words += word && !within ? 1 : 0;
      within = word;
    }
    return Value.of(words);
  }

  private static Value format(Rendering rendering, Value value, Arguments arguments) {
    Value given =
        arguments.named().isEmpty()
            ? new Value.Items(Value.Items.Kind.TUPLE, arguments.positional())
            : Functions.dict(rendering, new Arguments(List.of(), arguments.named()));
    return PercentFormat.apply(text(value, rendering), given, rendering);
  }

  private static Value escape(Rendering rendering, Value value, Arguments arguments) {
    arguments.bind("escape");
    return rendering.text(
        text(value, rendering)
            .map(run ->
                run.replace("&", "&amp;")
                    .replace(">", "&gt;")
                    .replace("<", "&lt;")
                    .replace("'", "&#39;")
                    .replace("\"", "&#34;")));
  }

  private static Value urlEncode(Rendering rendering, Value value, Arguments arguments) {
    arguments.bind("urlencode");
    return rendering.text(
        text(value, rendering)
            .map(run ->
                URLEncoder.encode(run, StandardCharsets.UTF_8)
                    .replace("+", "%20")
                    .replace("*", "%2A")
                    .replace("%7E", "~")
                    .replace("%2F", "/")));
  }

  private static Value otherwise(Value value, Arguments arguments) {
    Bound given = arguments.bind("default", "default_value", "boolean");
    boolean missing =
        value instanceof Value.Undefined || (given.flag(1) && !Operators.truth(value));
    return missing ? given.value(0, Value.EMPTY_TEXT) : value;
  }

  private static Value absolute(Value value) {
    return Operators.isNumber(value) && NumberFormat.negative(value)
        ? Arithmetic.signed(value, true)
        : Arithmetic.signed(value, false);
  }

  private static Value integer(Value value, Arguments arguments) {
    Bound given = arguments.bind("int", "default", "base");
    defined(value);
    var integer = Numbers.integer(value, given.integer(1, 10));
    return integer == null ? given.value(0, Value.of(0)) : new Value.Int(integer);
  }

  private static Value real(Value value, Arguments arguments) {
    Bound given = arguments.bind("float", "default");
    defined(value);
    Double real = Numbers.real(value);
    return real == null ? given.value(0, new Value.Real(0)) : new Value.Real(real);
  }

  private static void defined(Value value) {
    if (value instanceof Value.Undefined(String what)) {
      throw new TemplateFailure("'" + what + "' is undefined");
    }
  }

  private static Value round(Value value, Arguments arguments) {
    Bound given = arguments.bind("round", "precision", "method");
    MarkedText method = given.findText(1);
    return Numbers.round(value, given.integer(0, 0), method == null ? "common" : method.toString());
  }

  private static Value attribute(Rendering rendering, Value value, Arguments arguments) {
    String name = arguments.bind("attr", "name").requireText(0).toString();
    Value found = Access.method(value, name);
    return found == null ? new Value.Undefined(name) : found;
  }
}
