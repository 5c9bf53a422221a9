package dev.corral.templates.jinja;

import static java.util.Map.entry;

import dev.corral.templates.MarkedText;
import dev.corral.templates.Meter;
import dev.corral.templates.Out;
import dev.corral.templates.TemplateFailure;
import dev.corral.templates.jinja.Arguments.Bound;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The filters of lists, dicts and streams.
final class SequenceFilters {
  static final Map<String, Filter> ALL =
      Map.ofEntries(
          entry("length", (_, value, _) -> length(value)),
          entry("count", (_, value, _) -> length(value)),
          entry("list", (rendering, value, _) -> Value.Items.list(all(value, rendering))),
          entry("first", SequenceFilters::first),
          entry("last", SequenceFilters::last),
          entry("reverse", SequenceFilters::reverse),
          entry("join", SequenceFilters::join),
          entry("items", SequenceFilters::items),
          entry("dictsort", SequenceFilters::sortDict),
          entry("sort", SequenceFilters::sort),
          entry("unique", SequenceFilters::unique),
          entry("min", (rendering, value, given) -> extreme(rendering, value, given, -1)),
          entry("max", (rendering, value, given) -> extreme(rendering, value, given, 1)),
          entry("sum", SequenceFilters::sum),
          entry("map", SequenceFilters::map),
          entry(
              "select", (rendering, value, given) -> select(rendering, value, given, false, true)),
          entry(
              "reject", (rendering, value, given) -> select(rendering, value, given, false, false)),
          entry(
              "selectattr",
              (rendering, value, given) -> select(rendering, value, given, true, true)),
          entry(
              "rejectattr",
              (rendering, value, given) -> select(rendering, value, given, true, false)),
          entry("groupby", SequenceFilters::group),
          entry("batch", SequenceFilters::batch),
          entry("slice", SequenceFilters::columns));

  private SequenceFilters() {}

  private static List<Value> all(Value value, Rendering rendering) {
    return Sequences.copy(value, rendering.meter);
  }

  private static Value length(Value value) {
    Integer length = Sequences.length(value);
    if (length == null) {
      throw new TemplateFailure("a " + Kinds.of(value) + " has no length");
    }
    return Value.of((long) length);
  }

  private static Value first(Rendering rendering, Value value, Arguments arguments) {
    if (value instanceof Value.Items(Value.Items.Kind kind, List<Value> left)
        && kind == Value.Items.Kind.STREAM
        && !left.isEmpty()) {
      return left.removeFirst();
    }
    List<Value> values = all(value, rendering);
    return values.isEmpty() ? new Value.Undefined("the first of nothing") : values.getFirst();
  }

  private static Value last(Rendering rendering, Value value, Arguments arguments) {
    List<Value> values = all(value, rendering);
    return values.isEmpty() ? new Value.Undefined("the last of nothing") : values.getLast();
  }

  private static Value reverse(Rendering rendering, Value value, Arguments arguments) {
    List<Value> values = all(value, rendering);
    Collections.reverse(values);
    if (!(value instanceof Value.Text)) {
      return Value.Items.stream(values);
    }
    Out out = new Out(rendering.meter);
    values.forEach(character -> PythonText.print(character, out));
    return Value.of(out);
  }

  private static Value join(Rendering rendering, Value value, Arguments arguments) {
    Bound given = arguments.bind("join", "d", "attribute");
    MarkedText separator = PythonText.str(given.value(0, Value.EMPTY_TEXT), rendering);
    UnaryOperator<Value> part = attribute(given.find(1), null);
    Out out = new Out(rendering.meter);
    boolean first = true;
    for (Value each : all(value, rendering)) {
      out.add(first ? MarkedText.EMPTY : separator);
      PythonText.print(part.apply(each), out);
      first = false;
    }
    return Value.of(out);
  }

  private static Value items(Rendering rendering, Value value, Arguments arguments) {
    return switch (value) {
      case Value.Undefined _ -> Value.Items.stream(new ArrayList<>());
      case Value.Dict dict -> Value.Items.stream(DictMethods.items(dict, rendering.meter).values());
      default -> throw new TemplateFailure("'items' needs a mapping, not a " + Kinds.of(value));
    };
  }

  private static Value sortDict(Rendering rendering, Value value, Arguments arguments) {
    Bound given = arguments.bind("dictsort", "case_sensitive", "by", "reverse");
    if (!(value instanceof Value.Dict dict)) {
      throw Operators.undefinedOr(
          value, value, "'dictsort' needs a mapping, not a " + Kinds.of(value));
    }
    MarkedText by = given.findText(1);
    BigInteger part =
        by != null && by.toString().equals("value") ? BigInteger.ONE : BigInteger.ZERO;
    UnaryOperator<Value> key =
        folded(given.flag(0), pair -> Access.entry(pair, new Value.Int(part)));
    List<Value> pairs = DictMethods.items(dict, rendering.meter).values();
    return Value.Items.list(sorted(pairs, key, given.flag(2), rendering.meter));
  }

  private static Value sort(Rendering rendering, Value value, Arguments arguments) {
    Bound given = arguments.bind("sort", "reverse", "case_sensitive", "attribute");
    UnaryOperator<Value> key = folded(given.flag(1), attributes(given.find(2)));
    return Value.Items.list(sorted(all(value, rendering), key, given.flag(0), rendering.meter));
  }

  private static List<Value> sorted(
      List<Value> values, UnaryOperator<Value> key, boolean reverse, Meter meter) {
    record Keyed(Value key, Value value) {}
    List<Keyed> keyed = new ArrayList<>(values.size());
    values.forEach(value -> keyed.add(new Keyed(key.apply(value), value)));
    keyed.sort((a, b) -> {
      meter.step();
      return (reverse ? -1 : 1) * Operators.order(a.key(), b.key(), meter, "sort");
    });
    List<Value> sorted = new ArrayList<>(keyed.size());
    keyed.forEach(each -> sorted.add(each.value()));
    return sorted;
  }

  private static Value unique(Rendering rendering, Value value, Arguments arguments) {
    Bound given = arguments.bind("unique", "case_sensitive", "attribute");
    UnaryOperator<Value> key = folded(given.flag(0), attribute(given.find(1), null));
    Map<Value, Value> seen = new LinkedHashMap<>();
    for (Value each : all(value, rendering)) {
      Value by = key.apply(each);
      seen.putIfAbsent(by instanceof Value.Undefined ? by : Sequences.key(by), each);
    }
    return Value.Items.stream(new ArrayList<>(seen.values()));
  }

  private static Value extreme(Rendering rendering, Value value, Arguments arguments, int sign) {
    String name = sign < 0 ? "min" : "max";
    Bound given = arguments.bind(name, "case_sensitive", "attribute");
    UnaryOperator<Value> key = folded(given.flag(0), attribute(given.find(1), null));
    Value best = null;
    for (Value each : all(value, rendering)) {
      rendering.meter.step();
      boolean better =
          best == null
              || sign * Operators.order(key.apply(each), key.apply(best), rendering.meter, name)
                  > 0;
      best = better ? each : best;
    }
    return best == null ? new Value.Undefined("the " + name + " of nothing") : best;
  }

  private static Value sum(Rendering rendering, Value value, Arguments arguments) {
    Bound given = arguments.bind("sum", "attribute", "start");
    UnaryOperator<Value> part = attribute(given.find(0), null);
    Value sum = given.value(1, Value.of(0));
    for (Value each : all(value, rendering)) {
      sum = Arithmetic.apply("+", sum, part.apply(each), rendering);
    }
    return sum;
  }

  private static Value map(Rendering rendering, Value value, Arguments arguments) {
    UnaryOperator<Value> change;
    if (arguments.positional().isEmpty()) {
      Bound given = arguments.bind("map", "filter", "attribute", "default");
      change = attribute(given.require(1), given.find(2));
    } else {
      String filter = name(arguments);
      Arguments rest = arguments.after(1);
      change = each -> rendering.expressions.filter(filter, each, rest);
    }
    List<Value> changed = new ArrayList<>();
    for (Value each : Operators.truth(value) ? all(value, rendering) : List.<Value>of()) {
      rendering.meter.step();
      changed.add(change.apply(each));
    }
    return Value.Items.stream(changed);
  }

  private static Value select(
      Rendering rendering, Value value, Arguments arguments, boolean byAttribute, boolean keep) {
    UnaryOperator<Value> part = UnaryOperator.identity();
    Arguments rest = arguments;
    if (byAttribute) {
      if (arguments.positional().isEmpty()) {
        throw new TemplateFailure("'selectattr' and 'rejectattr' need the name of an attribute");
      }
      part = attribute(arguments.positional().getFirst(), null);
      rest = arguments.after(1);
    }
    String test = rest.positional().isEmpty() ? null : name(rest);
    Arguments given = rest.after(1);
    List<Value> selected = new ArrayList<>();
    for (Value each : Operators.truth(value) ? all(value, rendering) : List.<Value>of()) {
      rendering.meter.step();
      Value asked = part.apply(each);
      boolean holds =
          test == null ? Operators.truth(asked) : rendering.expressions.test(test, asked, given);
      if (holds == keep) {
        selected.add(each);
      }
    }
    return Value.Items.stream(selected);
  }

  private static String name(Arguments arguments) {
    if (arguments.positional().getFirst() instanceof Value.Text(MarkedText name)) {
      return name.toString();
    }
    throw new TemplateFailure("the name of a filter or test is a string");
  }

  private static Value group(Rendering rendering, Value value, Arguments arguments) {
    Bound given = arguments.bind("groupby", "attribute", "default", "case_sensitive");
    UnaryOperator<Value> shown = attribute(given.require(0), given.find(1));
    UnaryOperator<Value> key = folded(given.flag(2), shown);
    List<Value> groups = new ArrayList<>();
    List<Value> group = new ArrayList<>();
    Value last = null;
    for (Value each : sorted(all(value, rendering), key, false, rendering.meter)) {
      Value now = key.apply(each);
      if (last == null || !Operators.equal(last, now, rendering.meter)) {
        group = new ArrayList<>();
        groups.add(
            new Value.Items(
                Value.Items.Kind.GROUP, List.of(shown.apply(each), Value.Items.list(group))));
      }
      group.add(each);
      last = now;
    }
    return Value.Items.list(groups);
  }

  private static Value batch(Rendering rendering, Value value, Arguments arguments) {
    Bound given = arguments.bind("batch", "linecount", "fill_with");
    int size = Math.max(1, given.integer(0, 1));
    List<Value> rows = new ArrayList<>();
    List<Value> row = new ArrayList<>();
    for (Value each : all(value, rendering)) {
      if (row.size() == size) {
        rows.add(Value.Items.list(row));
        row = new ArrayList<>();
      }
      row.add(each);
    }
    if (!row.isEmpty()) {
      fill(row, size, given.value(1, Value.NONE), rendering.meter);
      rows.add(Value.Items.list(row));
    }
    return Value.Items.stream(rows);
  }

  private static Value columns(Rendering rendering, Value value, Arguments arguments) {
    Bound given = arguments.bind("slice", "slices", "fill_with");
    int slices = Math.max(1, given.integer(0, 1));
    List<Value> values = all(value, rendering);
    rendering.meter.entries(slices);
    List<Value> columns = new ArrayList<>();
    int longer = values.size() % slices;
    int from = 0;
    for (int i = 0; i < slices; i++) {
      int to = from + values.size() / slices + (i < longer ? 1 : 0);
      List<Value> column = new ArrayList<>(values.subList(from, to));
      if (i >= longer) {
        fill(column, column.size() + 1, given.value(1, Value.NONE), rendering.meter);
      }
      columns.add(Value.Items.list(column));
      from = to;
    }
    return Value.Items.stream(columns);
  }

  private static void fill(List<Value> values, int size, Value filling, Meter meter) {
    if (!(filling instanceof Value.None)) {
      meter.entries(size);
      while (values.size() < size) {
        values.add(filling);
      }
    }
  }

  /// Text is compared without its case, unless that is asked for.
  private static UnaryOperator<Value> folded(boolean caseSensitive, UnaryOperator<Value> key) {
    return caseSensitive
        ? key
        : value ->
            key.apply(value) instanceof Value.Text(MarkedText text)
                ? new Value.Text(TextMethods.lower(text))
                : key.apply(value);
  }

  /// Several attributes with commas between them make a list, to sort by one after the other.
  private static UnaryOperator<Value> attributes(@Nullable Value names) {
    if (!(names instanceof Value.Text(MarkedText text)) || text.toString().indexOf(',') < 0) {
      return attribute(names, null);
    }
    List<UnaryOperator<Value>> parts = new ArrayList<>();
    for (String name : text.toString().split(",", -1)) {
      parts.add(folded(false, attribute(Value.text(name), null)));
    }
    return value -> Value.Items.list(parts.stream().map(part -> part.apply(value)).toList());
  }

  /// What a name with dots (`function.name`, `0.id`) stands for; the value itself without a name.
  private static UnaryOperator<Value> attribute(@Nullable Value name, @Nullable Value otherwise) {
    if (name == null || name instanceof Value.None) {
      return UnaryOperator.identity();
    }
    List<Value> path = new ArrayList<>();
    if (name instanceof Value.Text(MarkedText text)) {
      for (String part : text.toString().split("\\.", -1)) {
        boolean number = !part.isEmpty() && part.chars().allMatch(Character::isDigit);
        path.add(number ? new Value.Int(new BigInteger(part)) : Value.text(part));
      }
    } else {
      path.add(name);
    }
    return value -> {
      Value found = value;
      for (Value part : path) {
        found = Access.entry(found, part);
        if (otherwise != null && found instanceof Value.Undefined) {
          found = otherwise;
        }
      }
      return found;
    };
  }
}
