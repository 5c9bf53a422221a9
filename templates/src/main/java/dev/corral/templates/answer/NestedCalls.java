package dev.corral.templates.answer;

import dev.corral.templates.TemplateFailure;
import dev.corral.templates.answer.Unit.Call;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads calls whose arguments are elements within elements, each tag announced by a token:
/// `‹invoke name="NAME"›‹KEY›VALUE‹/KEY›‹/invoke›`, where an object holds elements and a list holds
/// `item`s.
final class NestedCalls implements Unit.Reading {
  /// Stands before each tag, so that no tag of a value is taken for one.
  static final String TOKEN = "]<]minimax[>[";

  private static final String OPEN = TOKEN + "<invoke name=\"";
  private static final String CLOSE = TOKEN + "</invoke>";

  static final Unit UNIT =
      new Unit(OPEN, Unit.Where.ANYWHERE, new Extent.Until(CLOSE, false), new NestedCalls());

  private NestedCalls() {}

  @Override
  public List<Call> read(String text, Tools tools) {
    int nameEnd = text.indexOf("\">", OPEN.length());
    if (nameEnd < 0) {
      return List.of();
    }
    String name = text.substring(OPEN.length(), nameEnd);
    String inside = text.substring(nameEnd + 2, text.length() - CLOSE.length());
    try {
      Map<String, String> arguments = new LinkedHashMap<>();
      for (Map.Entry<String, String> field : elements(inside).entrySet()) {
        String key = field.getKey();
        String value = field.getValue();
        boolean nested = value.contains(TOKEN);
        arguments.put(key, nested ? value(value, 0) : tools.argument(name, key, value));
      }
      return List.of(new Call(name, JsonSlices.object(arguments)));
    } catch (TemplateFailure _) {
      return List.of();
    }
  }

  /// Within a value nobody tells the types: what reads as JSON is that.
  private static String value(String text, int depth) {
    if (depth > Extent.MAX_DEPTH) {
      throw new TemplateFailure("no call");
    }
    if (!text.contains(TOKEN)) {
      return JsonSlices.valid(text) ? text.strip() : JsonSlices.quote(text);
    }
    if (text.stripLeading().startsWith(TOKEN + "<item>")) {
      StringBuilder items = new StringBuilder("[");
      for (int at = text.indexOf(TOKEN); at >= 0; at = text.indexOf(TOKEN, at)) {
        Element item = element(text, at);
        items.append(items.length() > 1 ? "," : "").append(value(item.value(), depth + 1));
        at = item.end();
      }
      return items.append(']').toString();
    }
    Map<String, String> fields = new LinkedHashMap<>();
    elements(text).forEach((key, value) -> fields.put(key, value(value, depth + 1)));
    return JsonSlices.object(fields);
  }

  private static Map<String, String> elements(String text) {
    Map<String, String> elements = new LinkedHashMap<>();
    for (int at = text.indexOf(TOKEN); at >= 0; at = text.indexOf(TOKEN, at)) {
      Element element = element(text, at);
      elements.put(element.name(), element.value());
      at = element.end();
    }
    return elements;
  }

  /// @param end the position behind it
  private record Element(String name, String value, int end) {}

  /// The element that begins here; one of its own name may stand within it.
  private static Element element(String text, int at) {
    int nameEnd = text.indexOf('>', at + TOKEN.length());
    if (nameEnd < 0 || !text.startsWith("<", at + TOKEN.length())) {
      throw new TemplateFailure("no call");
    }
    String name = text.substring(at + TOKEN.length() + 1, nameEnd);
    String open = TOKEN + "<" + name + ">";
    String close = TOKEN + "</" + name + ">";
    int from = nameEnd + 1;
    int depth = 1;
    int next = from;
    while (depth > 0) {
      int closed = text.indexOf(close, next);
      if (closed < 0) {
        throw new TemplateFailure("no call");
      }
      int opened = text.indexOf(open, next, closed);
      boolean deeper = opened >= 0;
      depth += deeper ? 1 : -1;
      next = deeper ? opened + open.length() : closed + close.length();
    }
    return new Element(name, text.substring(from, next - close.length()), next);
  }
}
