package dev.corral.templates.jinja;

import dev.corral.templates.TemplateFailure;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One loop while it runs, and what `loop` tells about it. Entries are taken, and its condition is
/// asked, one at a time; only who asks for what comes next makes it look ahead.
final class Loop {
  private final Rendering rendering;
  private final List<Value> source;
  private final Predicate<Value> condition;
  private final int depth;
  private final @Nullable Function<Value, Value> recursion;
  private final Deque<Value> ahead = new ArrayDeque<>();
  private int taken;
  private int index = -1;
  private @Nullable Value current;
  private @Nullable Value previous;
  private @Nullable Value lastChecked;

  Loop(
      Rendering rendering,
      List<Value> source,
      Predicate<Value> condition,
      int depth,
      @Nullable Function<Value, Value> recursion) {
    this.rendering = rendering;
    this.source = source;
    this.condition = condition;
    this.depth = depth;
    this.recursion = recursion;
  }

  /// The next entry; null at the end.
  @Nullable Value next() {
    Value next = ahead.isEmpty() ? take() : ahead.pop();
    previous = current;
    current = next;
    index++;
    return next;
  }

  private @Nullable Value take() {
    while (taken < source.size()) {
      rendering.meter.step();
      Value value = source.get(taken++);
      if (condition.test(value)) {
        return value;
      }
    }
    return null;
  }

  private @Nullable Value peek() {
    if (ahead.isEmpty()) {
      Value next = take();
      if (next != null) {
        ahead.add(next);
      }
    }
    return ahead.peek();
  }

  private int length() {
    for (Value next = take(); next != null; next = take()) {
      ahead.add(next);
    }
    return index + 1 + ahead.size();
  }

  @Nullable Value find(String name) {
    return switch (name) {
      case "index" -> Value.of(index + 1L);
      case "index0" -> Value.of((long) index);
      case "revindex" -> Value.of((long) length() - index);
      case "revindex0" -> Value.of(length() - index - 1L);
      case "first" -> Value.of(index == 0);
      case "last" -> Value.of(peek() == null);
      case "length" -> Value.of((long) length());
      case "depth" -> Value.of(depth + 1L);
      case "depth0" -> Value.of((long) depth);
      case "previtem" ->
          previous == null ? new Value.Undefined("there is no previous item") : previous;
      case "nextitem" -> {
        Value next = peek();
        yield next == null ? new Value.Undefined("there is no next item") : next;
      }
      case "cycle" -> new Functions.Function("cycle", (_, arguments) -> cycle(arguments));
      case "changed" -> new Functions.Function("changed", (_, arguments) -> changed(arguments));
      default -> null;
    };
  }

  private Value cycle(Arguments arguments) {
    if (arguments.positional().isEmpty()) {
      throw new TemplateFailure("'loop.cycle' needs something to cycle through");
    }
    return arguments.positional().get(index % arguments.positional().size());
  }

  private Value changed(Arguments arguments) {
    Value now = new Value.Items(Value.Items.Kind.TUPLE, arguments.positional());
    boolean changed = lastChecked == null || !Operators.equal(lastChecked, now, rendering.meter);
    lastChecked = now;
    return Value.of(changed);
  }

  Value recurse(Arguments arguments) {
    if (recursion == null) {
      throw new TemplateFailure("only a loop with 'recursive' can be called");
    }
    return recursion.apply(arguments.bind("loop", "iterable").require(0));
  }
}
