package dev.corral.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Reads values that one text can say: a word, a list of words (`a, b`), a map of words (`a=b,
/// c=d`).
final class Leaf {
  private final Converters converters;
  private final List<ConfigProblem> problems;

  Leaf(Converters converters, List<ConfigProblem> problems) {
    this.converters = converters;
    this.problems = problems;
  }

  /// One source's value.
  ///
  /// @param places for a map in a file: where each name stands
  record Offer(Object value, String source, Map<String, String> places) {}

  Optional<Offer> ofText(Type type, Given given, String path) {
    String where = given.source().equals(Overlay.FLAG) ? "--" + path : given.source();
    try {
      Object value =
          switch (type) {
            case Class<?> shape -> converters.convert(shape, given.text());
            case ParameterizedType many when many.getRawType() == List.class -> {
              List<Object> values = new ArrayList<>();
              for (String word : words(given.text())) {
                values.add(converters.convert((Class<?>) Keys.element(many), word));
              }
              yield values;
            }
            case ParameterizedType many -> pairs((Class<?>) Keys.element(many), given.text());
            default -> throw new IllegalStateException("No settings of type " + type);
          };
      return Optional.of(new Offer(value, given.source(), Map.of()));
    } catch (IllegalArgumentException e) {
      problems.add(new ConfigProblem(where, path, sentence(path, e)));
      return Optional.empty();
    }
  }

  Optional<Offer> ofNode(Type type, Node node, String path) {
    if (type instanceof Class<?> shape) {
      return node instanceof Node.Text text
          ? word(shape, text, path).map(value -> new Offer(value, node.place(), Map.of()))
          : refuse(node, path, "must be a single value");
    }
    ParameterizedType many = (ParameterizedType) type;
    Class<?> element = (Class<?>) Keys.element(many);
    if (many.getRawType() == List.class) {
      return node instanceof Node.Items items
          ? list(element, items, path)
          : refuse(node, path, "must be a list, such as [a, b]");
    }
    return node instanceof Node.Fields fields
        ? map(element, fields, path)
        : refuse(node, path, "must hold names and values, such as {a: b}");
  }

  private Optional<Offer> list(Class<?> element, Node.Items items, String path) {
    List<Object> values = new ArrayList<>();
    for (Node item : items.items()) {
      String at = path + "[" + values.size() + "]";
      Optional<Object> value =
          item instanceof Node.Text text
              ? word(element, text, at)
              : refuse(item, at, "must be a single value");
      if (value.isEmpty()) {
        return Optional.empty();
      }
      values.add(value.get());
    }
    return Optional.of(new Offer(values, items.place(), Map.of()));
  }

  private Optional<Offer> map(Class<?> element, Node.Fields fields, String path) {
    Map<String, Object> values = new LinkedHashMap<>();
    Map<String, String> places = new LinkedHashMap<>();
    for (Map.Entry<String, Node.Field> field : fields.fields().entrySet()) {
      String at = Keys.join(path, field.getKey());
      Node node = field.getValue().value();
      Optional<Object> value =
          node instanceof Node.Text text
              ? word(element, text, at)
              : refuse(node, at, "must be a single value");
      if (value.isEmpty()) {
        return Optional.empty();
      }
      values.put(field.getKey(), value.get());
      places.put(field.getKey(), field.getValue().place());
    }
    return Optional.of(new Offer(values, fields.place(), places));
  }

  private Optional<Object> word(Class<?> type, Node.Text text, String path) {
    try {
      return Optional.of(converters.convert(type, text.text()));
    } catch (IllegalArgumentException e) {
      boolean asWritten = text.text().equals(text.written());
      String sentence =
          asWritten
              ? sentence(path, e)
              : "the value of " + text.written() + " is of the wrong kind or unit";
      problems.add(new ConfigProblem(text.place(), path, sentence));
      return Optional.empty();
    }
  }

  private <T> Optional<T> refuse(Node node, String path, String message) {
    problems.add(new ConfigProblem(node.place(), path, message));
    return Optional.empty();
  }

  /// A converter's sentence repeats the value, which for a secret nobody should see.
  private static String sentence(String path, IllegalArgumentException refusal) {
    String sentence = String.valueOf(refusal.getMessage());
    return Secrets.masked(path, "x").equals("x") ? sentence : "the value is of the wrong kind";
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    for (String word : text.split(",", -1)) {
      if (!word.isBlank()) {
        words.add(word.strip());
      }
    }
    return words;
  }

  private Map<String, Object> pairs(Class<?> element, String text) {
    Map<String, Object> pairs = new LinkedHashMap<>();
    for (String word : words(text)) {
      int equals = word.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException("'" + word + "' is not a pair; write name=value,…");
      }
      pairs.put(
          word.substring(0, equals).strip(),
          converters.convert(element, word.substring(equals + 1).strip()));
    }
    return pairs;
  }

  /// What `config show` prints for that offer; a map gives one entry for each name.
  static List<Setting> entries(Offer offer, String path, List<Offer> beaten) {
    if (offer.value() instanceof Map<?, ?> map && !map.isEmpty()) {
      return map.entrySet().stream()
          .sorted(
              Map.Entry.comparingByKey((a, b) -> String.valueOf(a).compareTo(String.valueOf(b))))
          .map(entry -> {
            String name = String.valueOf(entry.getKey());
            String key = Keys.join(path, name);
            String source = offer.places().getOrDefault(name, offer.source());
            return new Setting(
                key, Secrets.masked(key, Converters.written(entry.getValue())), source, List.of());
          })
          .toList();
    }
    List<Setting.Beaten> losers =
        beaten.stream()
            .map(loser -> new Setting.Beaten(shown(path, loser.value()), loser.source()))
            .toList();
    return List.of(new Setting(path, shown(path, offer.value()), offer.source(), losers));
  }

  /// A value as the file would have it, without its secrets.
  static String shown(String path, Object value) {
    return switch (value) {
      case List<?> list ->
          list.stream()
              .map(element -> Secrets.masked(path, Converters.written(element)))
              .collect(Collectors.joining(", ", "[", "]"));
      case Map<?, ?> map when map.isEmpty() -> "{}";
      default -> Secrets.masked(path, Converters.written(value));
    };
  }
}
