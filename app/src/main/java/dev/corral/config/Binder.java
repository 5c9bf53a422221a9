package dev.corral.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Builds the records of one load, and writes down every effective value and every problem.
final class Binder {
  private final Keys keys;
  private final Set<String> later;
  private final Overlay overlay;
  private final List<ConfigProblem> problems;
  private final List<Setting> entries = new ArrayList<>();
  private final Leaf leaf;

  Binder(
      Keys keys,
      Converters converters,
      Set<String> later,
      Overlay overlay,
      List<ConfigProblem> problems) {
    this.keys = keys;
    this.later = later;
    this.overlay = overlay;
    this.problems = problems;
    this.leaf = new Leaf(converters, problems);
  }

  <S extends Record> Optional<S> bind(Class<S> type, S defaults, Optional<Node.Fields> file) {
    return Optional.ofNullable(type.cast(record(type, defaults, file.orElse(null), "")));
  }

  List<Setting> entries() {
    return entries;
  }

  /// @param place of the record around it, to blame where a value is missing
  private @Nullable Object value(
      Type type, @Nullable Object fallback, @Nullable Node node, String path, String place) {
    Node given = node instanceof Node.Nothing ? null : node;
    if (type instanceof Class<?> shape && keys.isTree(type)) {
      return record(shape, fallback, given, path);
    }
    if (type instanceof ParameterizedType many && keys.isTree(Keys.element(many))) {
      Class<?> element = (Class<?>) Keys.element(many);
      return many.getRawType() == List.class
          ? list(element, fallback, given, path)
          : map(element, fallback, given, path);
    }
    return single(type, fallback, given, path, place);
  }

  /// A value that one text can say; the only kind that flags and variables reach.
  private @Nullable Object single(
      Type type, @Nullable Object fallback, @Nullable Node node, String path, String place) {
    List<Leaf.Offer> offers = new ArrayList<>();
    for (Given given : overlay.above(path)) {
      leaf.ofText(type, given, path).ifPresent(offers::add);
    }
    if (node != null) {
      leaf.ofNode(type, node, path).ifPresent(offers::add);
    } else {
      overlay.below(path).flatMap(given -> leaf.ofText(type, given, path)).ifPresent(offers::add);
    }
    if (offers.isEmpty()) {
      if (fallback == null) {
        problems.add(new ConfigProblem(place, path, "this must be given"));
        return null;
      }
      entries.addAll(
          Leaf.entries(new Leaf.Offer(fallback, Setting.DEFAULT, Map.of()), path, offers));
      return fallback;
    }
    Leaf.Offer winner = offers.getFirst();
    entries.addAll(Leaf.entries(winner, path, offers.subList(1, offers.size())));
    return winner.value();
  }

  private @Nullable Object list(
      Class<?> element, @Nullable Object fallback, @Nullable Node node, String path) {
    if (node == null) {
      return whole(fallback == null ? List.of() : fallback, path);
    }
    if (!(node instanceof Node.Items items)) {
      problems.add(new ConfigProblem(node.place(), path, "must be a list; begin each with '- '"));
      return fallback;
    }
    List<Object> values = new ArrayList<>();
    Object defaults = defaultsOf(element);
    for (Node item : items.items()) {
      Object value = record(element, defaults, item, path + "[" + values.size() + "]");
      if (value == null) {
        return fallback;
      }
      values.add(value);
    }
    return values.isEmpty() ? whole(values, path) : values;
  }

  private @Nullable Object map(
      Class<?> element, @Nullable Object fallback, @Nullable Node node, String path) {
    if (node == null) {
      return whole(fallback == null ? Map.of() : fallback, path);
    }
    if (!(node instanceof Node.Fields fields)) {
      problems.add(new ConfigProblem(node.place(), path, "must hold names, each with its keys"));
      return fallback;
    }
    Map<String, Object> values = new LinkedHashMap<>();
    Object defaults = defaultsOf(element);
    for (Map.Entry<String, Node.Field> field : fields.fields().entrySet()) {
      Object value =
          record(element, defaults, field.getValue().value(), Keys.join(path, field.getKey()));
      if (value == null) {
        return fallback;
      }
      values.put(field.getKey(), value);
    }
    return values;
  }

  /// A list or map of records by default: shown as one entry. What another program's variable says
  /// in its place is shown too; whoever owns the setting asks that variable itself.
  private Object whole(Object value, String path) {
    entries.add(
        overlay
            .below(path)
            .map(given ->
                new Setting(path, Leaf.shown(path, given.text()), given.source(), List.of()))
            .orElseGet(
                () -> new Setting(path, Leaf.shown(path, value), Setting.DEFAULT, List.of())));
    return value;
  }

  private @Nullable Object record(
      Class<?> type, @Nullable Object fallback, @Nullable Node node, String path) {
    Map<String, RecordComponent> known = keys.of(type, path);
    if (node != null && !(node instanceof Node.Fields) && !(node instanceof Node.Nothing)) {
      problems.add(
          new ConfigProblem(
              node.place(),
              path,
              "must hold keys, such as " + known.keySet().iterator().next() + ":"));
      return fallback;
    }
    Map<String, Node.Field> fields =
        node instanceof Node.Fields given ? given.fields() : Map.<String, Node.Field>of();
    int before = problems.size();
    fields.forEach((word, field) -> {
      if (!known.containsKey(word)) {
        unknown(Keys.join(path, word), field.place(), path, known.keySet());
      }
    });
    @Nullable Object[] arguments = new @Nullable Object[known.size()];
    int index = 0;
    String place = node == null ? Sources.FILE : node.place();
    for (Map.Entry<String, RecordComponent> part : known.entrySet()) {
      Node.Field field = fields.get(part.getKey());
      arguments[index++] =
          value(
              part.getValue().getGenericType(),
              fallback == null ? null : read(part.getValue(), fallback),
              field == null ? null : field.value(),
              Keys.join(path, part.getKey()),
              place);
    }
    return problems.size() > before ? fallback : build(type, arguments, place, path);
  }

  private void unknown(String path, String place, String parent, Set<String> neighbours) {
    if (later.contains(Keys.general(path))) {
      problems.add(
          new ConfigProblem(
              place, path, "is not known to this version of Corral yet; remove it to start"));
      return;
    }
    String where = parent.isEmpty() ? "at the top" : "in " + parent;
    String nearest = Overlay.hint(keys.nearest(path, neighbours));
    problems.add(
        new ConfigProblem(
            place,
            path,
            "no such setting"
                + (nearest.isEmpty() ? "." : nearest)
                + " Known "
                + where
                + ": "
                + String.join(", ", Keys.sorted(neighbours))));
  }

  private @Nullable Object build(
      Class<?> type, @Nullable Object[] arguments, String place, String path) {
    try {
      Class<?>[] shapes =
          Arrays.stream(type.getRecordComponents())
              .map(RecordComponent::getType)
              .toArray(Class<?>[]::new);
      Constructor<?> constructor = type.getDeclaredConstructor(shapes);
      constructor.setAccessible(true);
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refusal) {
        refused(type, String.valueOf(refusal.getMessage()), place, path);
        return null;
      }
      throw new IllegalStateException(type.getName() + " could not be built", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type.getName() + " must be a record we can build", e);
    }
  }

  /// A record refused its values: the blame goes to the component that its sentence names.
  private void refused(Class<?> type, String sentence, String place, String path) {
    for (String word : keys.of(type, path).keySet()) {
      String key = Keys.join(path, word);
      boolean named =
          sentence.contains(key)
              || Pattern.compile("(?<![\\w.-])" + Pattern.quote(word) + "(?![\\w.-])")
                  .matcher(sentence)
                  .find();
      String source = sourceOf(key);
      if (named && !source.equals(Setting.DEFAULT)) {
        String whole = sentence.startsWith(word + " ") ? Keys.join(path, sentence) : sentence;
        problems.add(
            new ConfigProblem(source.equals(Overlay.FLAG) ? "--" + key : source, key, whole));
        return;
      }
    }
    problems.add(new ConfigProblem(place, path, sentence));
  }

  private String sourceOf(String key) {
    return entries.stream()
        .filter(entry -> entry.key().equals(key) || entry.key().startsWith(key + "."))
        .map(Setting::source)
        .reduce((_, last) -> last)
        .orElse(Setting.DEFAULT);
  }

  private static @Nullable Object defaultsOf(Class<?> element) {
    try {
      var method = element.getDeclaredMethod("defaults");
      method.setAccessible(true);
      return method.invoke(null);
    } catch (NoSuchMethodException e) {
      return null; // then every key must be given
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(element.getName() + ".defaults() failed", e);
    }
  }

  private static @Nullable Object read(RecordComponent component, Object record) {
    try {
      var accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component + " could not be read", e);
    }
  }
}
