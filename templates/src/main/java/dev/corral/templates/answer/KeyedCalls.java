package dev.corral.templates.answer;

import dev.corral.templates.answer.Unit.Call;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads calls of a name, then keys and values in turn:
/// `<tool_call>NAME<arg_key>KEY</arg_key><arg_value>VALUE</arg_value></tool_call>`.
///
/// @param suffix what a model adds to the name of each tag; mostly nothing
record KeyedCalls(String suffix) implements Unit.Reading {
  private String tag(String name) {
    return "<" + name + suffix + ">";
  }

  Unit unit() {
    Extent extent = new Extent.Until(tag("/tool_call"), false);
    return new Unit(tag("tool_call"), Unit.Where.ANYWHERE, extent, this);
  }

  @Override
  public List<Call> read(String text, Tools tools) {
    int at = tag("tool_call").length();
    int close = text.endsWith(tag("/tool_call")) ? text.lastIndexOf('<') : text.length();
    int firstTag = text.indexOf('<', at);
    String name = text.substring(at, firstTag < 0 ? close : Math.min(firstTag, close)).strip();
    Map<String, String> arguments = new LinkedHashMap<>();
    while (text.indexOf(tag("arg_key"), at) >= 0) {
      int key = text.indexOf(tag("arg_key"), at) + tag("arg_key").length();
      int keyEnd = text.indexOf(tag("/arg_key"), key);
      int value = keyEnd < 0 ? -1 : text.indexOf(tag("arg_value"), keyEnd);
      if (value < 0) {
        return List.of();
      }
      int from = value + tag("arg_value").length();
      at = valueEnd(text, from, close);
      String argument = text.substring(key, keyEnd).strip();
      arguments.put(argument, tools.argument(name, argument, text.substring(from, at)));
    }
    boolean named =
        !name.isEmpty()
            && name.chars()
                .allMatch(c -> c == '.' || c == '-' || Character.isJavaIdentifierPart(c));
    return named ? List.of(new Call(name, JsonSlices.object(arguments))) : List.of();
  }

  /// Some models forget to close a value: then the next key ends it.
  private int valueEnd(String text, int from, int close) {
    int next = text.indexOf(tag("arg_key"), from);
    int limit = next < 0 ? close : next;
    int closed = text.indexOf(tag("/arg_value"), from, limit);
    return closed < 0 ? limit : closed;
  }
}
