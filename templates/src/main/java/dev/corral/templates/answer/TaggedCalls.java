package dev.corral.templates.answer;

import dev.corral.templates.answer.Unit.Call;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads calls whose arguments stand between tags of their own, without quotes:
/// `<function=NAME><parameter=KEY>VALUE</parameter></function>` and its kin.
///
/// @param open what stands before the name
/// @param head what ends the name's, and a key's, own tag
/// @param close what ends the call
/// @param keyOpen what stands before a key
/// @param valueClose what ends a value
record TaggedCalls(String open, String head, String close, String keyOpen, String valueClose)
    implements Unit.Reading {
  @Override
  public List<Call> read(String text, Tools tools) {
    int nameEnd = text.indexOf(head, open.length());
    if (nameEnd < 0 || !text.startsWith(open)) {
      return List.of();
    }
    String name = word(text.substring(open.length(), nameEnd));
    int end = text.endsWith(close) ? text.length() - close.length() : text.length();
    Map<String, String> arguments = new LinkedHashMap<>();
    int at = nameEnd + head.length();
    while (at < end && text.indexOf(keyOpen, at) >= 0) {
      int key = text.indexOf(keyOpen, at) + keyOpen.length();
      int keyEnd = text.indexOf(head, key);
      if (keyEnd < 0 || keyEnd >= end) {
        return List.of();
      }
      int value = keyEnd + head.length();
      int valueEnd = valueEnd(text, value, end);
      String tag = text.substring(key, keyEnd);
      String argument = word(tag);
      arguments.put(argument, value(name, argument, tag, text.substring(value, valueEnd), tools));
      at = valueEnd;
    }
    boolean named =
        tools.has(name) || (!name.isEmpty() && name.chars().noneMatch(Character::isWhitespace));
    return named ? List.of(new Call(name, JsonSlices.object(arguments))) : List.of();
  }

  /// Some models forget to close a value: then the next one ends it.
  private int valueEnd(String text, int from, int end) {
    int next = text.indexOf(keyOpen, from);
    int limit = next < 0 ? end : Math.min(next, end);
    int closed = text.indexOf(valueClose, from, limit);
    return closed < 0 ? limit : closed;
  }

  /// Up to the quote that ends an attribute.
  private static String word(String tag) {
    int quote = tag.indexOf('"');
    return (quote < 0 ? tag : tag.substring(0, quote)).strip();
  }

  /// The tag may tell the type itself; one line break at each end is the format's.
  private static String value(String tool, String key, String tag, String written, Tools tools) {
    String value = written.startsWith("\n") ? written.substring(1) : written;
    value = value.endsWith("\n") ? value.substring(0, value.length() - 1) : value;
    if (tag.contains("string=\"true\"") || tag.contains("type=\"string\"")) {
      return JsonSlices.quote(value);
    }
    if (tag.contains("string=\"false\"") || tag.contains("type=\"")) {
      return JsonSlices.valid(value) ? value.strip() : JsonSlices.quote(value);
    }
    return tools.argument(tool, key, value);
  }

  /// The unit of this form.
  Unit unit() {
    return new Unit(open, Unit.Where.ANYWHERE, new Extent.Until(close, false), this);
  }
}
