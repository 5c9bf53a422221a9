package dev.corral.templates.jinja;

import dev.corral.templates.MarkedText;
import dev.corral.templates.TemplateFailure;
import dev.corral.templates.jinja.Arguments.Bound;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// The names that every template knows. A variable of the same name goes before.
final class Functions {
  /// As Jinja's own sandbox has it.
  private static final long MAX_RANGE = 100_000;

  private static final Map<String, Function> ALL =
      Map.of(
          "range", new Function("range", Functions::range),
          "dict", new Function("dict", Functions::dict),
          "namespace", new Function("namespace", Functions::namespace),
          "joiner", new Function("joiner", (_, arguments) -> joiner(arguments)),
          "raise_exception", new Function("raise_exception", Functions::raise),
          "strftime_now", new Function("strftime_now", Functions::now));

  private Functions() {}

  static @Nullable Value find(String name) {
    return ALL.get(name);
  }

  record Function(String name, BiFunction<Rendering, Arguments, Value> body)
      implements Value.Callable {
    @Override
    public Value call(Rendering rendering, Arguments arguments) {
      return body.apply(rendering, arguments);
    }
  }

  private static Value range(Rendering rendering, Arguments arguments) {
    Bound given = arguments.bind("range", "start", "stop", "step");
    boolean onlyStop = given.find(1) == null;
    given.require(0);
    long start = onlyStop ? 0 : given.integer(0, 0);
    long stop = given.integer(onlyStop ? 0 : 1, 0);
    long step = given.integer(2, 1);
    if (step == 0) {
      throw new TemplateFailure("the step of 'range' is zero");
    }
    long size = Math.max(0, (stop - start + step - Long.signum(step)) / step);
    if (size > MAX_RANGE) {
      throw new TemplateFailure("'range' gives at most " + MAX_RANGE + " numbers, not " + size);
    }
    rendering.meter.entries(size);
    List<Value> numbers = new ArrayList<>((int) size);
    for (long i = 0; i < size; i++) {
      numbers.add(Value.of(start + i * step));
    }
    return Value.Items.list(numbers);
  }

  static Value dict(Rendering rendering, Arguments arguments) {
    Map<Value, Value> entries = new LinkedHashMap<>();
    for (Value more : arguments.positional()) {
      DictMethods.addAll(entries, more, rendering.meter);
    }
    rendering.meter.entries(arguments.named().size());
    arguments.named().forEach((name, value) -> entries.put(Value.text(name), value));
    return new Value.Dict(entries);
  }

  private static Value namespace(Rendering rendering, Arguments arguments) {
    Map<String, Value> fields = new LinkedHashMap<>();
    if (dict(rendering, arguments) instanceof Value.Dict(Map<Value, Value> entries)) {
      entries.forEach(
          (name, value) -> fields.put(PythonText.str(name, rendering).toString(), value));
    }
    return new Value.Namespace(fields);
  }

  /// A function that prints nothing the first time and the separator from then on.
  private static Value joiner(Arguments arguments) {
    Value separator = arguments.bind("joiner", "sep").value(0, Value.text(", "));
    boolean[] used = {false};
    return new Function(
        "joiner",
        (_, _) -> {
          Value printed = used[0] ? separator : Value.EMPTY_TEXT;
          used[0] = true;
          return printed;
        });
  }

  private static Value raise(Rendering rendering, Arguments arguments) {
    Value message = arguments.bind("raise_exception", "message").value(0, Value.EMPTY_TEXT);
    throw new Raise(PythonText.str(message, rendering).toString());
  }

  private static Value now(Rendering rendering, Arguments arguments) {
    MarkedText format = arguments.bind("strftime_now", "format").requireText(0);
    String now = Strftime.format(format.toString(), ZonedDateTime.now(rendering.clock));
    return rendering.text(MarkedText.trusted(now));
  }
}
