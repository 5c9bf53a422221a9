package dev.corral.templates.jinja;

import dev.corral.templates.MarkedText;
import dev.corral.templates.TemplateFailure;
import java.math.BigInteger;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `value.name` and `value[key]`. The dot asks for methods before entries, so `message.items` is
/// the method even where the message has such a field; the brackets ask the other way round.
final class Access {
  private Access() {}

  static Value attribute(Value target, String name) {
    Value found = method(target, name);
    if (found == null && target instanceof Value.Dict dict) {
      found = dict.find(name);
    }
    return found == null ? new Value.Undefined(name) : found;
  }

  static Value entry(Value target, Value key) {
    Value found =
        switch (target) {
          case Value.Dict _ when key instanceof Value.Undefined -> null;
          case Value.Dict(Map<Value, Value> entries) -> entries.get(Sequences.key(key));
          case Value.Items items when items.kind().ofDict() -> null;
          case Value.Items _, Value.Text _ -> indexed(target, key);
          default -> null;
        };
    if (found == null && key instanceof Value.Text(MarkedText name)) {
      found = method(target, name.toString());
    }
    if (found == null && target instanceof Value.Undefined(String what)) {
      throw new TemplateFailure("'" + what + "' is undefined");
    }
    return found == null ? new Value.Undefined(told(key)) : found;
  }

  private static @Nullable Value indexed(Value target, Value key) {
    BigInteger index = Operators.integer(key);
    return index == null ? null : Sequences.at(target, index);
  }

  private static String told(Value key) {
    return key instanceof Value.Text(MarkedText text) ? text.toString() : "an entry";
  }

  /// What the value has by its kind: a method, a field of a namespace or of `loop`.
  static @Nullable Value method(Value target, String name) {
    if (name.startsWith("__") && name.endsWith("__")) {
      throw new TemplateFailure(
          "'" + name + "' is refused: templates see values, not their insides");
    }
    return switch (target) {
      case Value.Text text -> TextMethods.find(text, name);
      case Value.Dict dict -> DictMethods.find(dict, name);
      case Value.Items items -> ListMethods.find(items, name);
      case Value.Namespace(Map<String, Value> fields) -> fields.get(name);
      case Value.LoopVariable(Loop loop) -> loop.find(name);
      case Value.Undefined(String what) ->
          throw new TemplateFailure("'" + what + "' is undefined, so it has no '" + name + "'");
      case Value.Callable callable when name.equals("name") -> Value.text(callable.name());
      case Value.Int _, Value.Real _, Value.Bool _, Value.None _, Value.Callable _ -> null;
    };
  }
}
