package dev.corral.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The names that a tree of records understands. Paths are dotted; `[]` stands for any element of a
/// list and `*` for any name in a map.
final class Keys {
  private static final Pattern HUMP = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");
  private static final Pattern INDEX = Pattern.compile("\\[\\d+]");

  private final Map<String, String> renames;
  private final Converters converters;
  private final Set<String> all = new LinkedHashSet<>();
  private final Set<String> settable = new LinkedHashSet<>();

  private Keys(Map<String, String> renames, Converters converters) {
    this.renames = renames;
    this.converters = converters;
  }

  static Keys of(Class<? extends Record> type, Map<String, String> renames, Converters converters) {
    Keys keys = new Keys(renames, converters);
    keys.collect(type, "", true);
    return keys;
  }

  /// The keys of one record, in the order of its components.
  ///
  /// @param path of the record, with or without indices
  Map<String, RecordComponent> of(Class<?> record, String path) {
    Map<String, RecordComponent> keys = new LinkedHashMap<>();
    for (RecordComponent component : record.getRecordComponents()) {
      String kebab = HUMP.matcher(component.getName()).replaceAll("-").toLowerCase(Locale.ROOT);
      String word = renames.getOrDefault(join(general(path), kebab), kebab);
      keys.put(word, component);
    }
    return keys;
  }

  /// Paths that one text can set, so by a flag or a variable.
  Set<String> settable() {
    return settable;
  }

  Set<String> all() {
    return all;
  }

  /// The right name for a wrong one: a slip among its neighbours, else the same word elsewhere.
  Optional<String> nearest(String path, Set<String> neighbours) {
    int dot = path.lastIndexOf('.');
    String parent = dot < 0 ? "" : path.substring(0, dot);
    String word = path.substring(dot + 1);
    return Nearest.to(word, neighbours)
        .map(right -> join(parent, right))
        .or(() -> all.stream().filter(known -> known.endsWith("." + word)).findFirst())
        .or(() -> Nearest.to(path, all));
  }

  /// `server.port` is `CORRAL_SERVER_PORT`.
  static String variable(String path) {
    return "CORRAL_" + path.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]+", "_");
  }

  static String join(String parent, String word) {
    return parent.isEmpty() ? word : parent + "." + word;
  }

  /// `backends[3].url` is `backends[].url`.
  static String general(String path) {
    return INDEX.matcher(path).replaceAll("[]");
  }

  static Type element(ParameterizedType type) {
    return Arrays.asList(type.getActualTypeArguments()).getLast();
  }

  boolean isTree(Type type) {
    return type instanceof Class<?> shape && shape.isRecord() && !converters.knows(shape);
  }

  private void collect(Class<?> record, String path, boolean fixed) {
    of(record, path)
        .forEach((word, component) -> {
          String key = join(path, word);
          all.add(key);
          Type type = component.getGenericType();
          if (type instanceof Class<?> shape && isTree(type)) {
            collect(shape, key, fixed);
          } else if (type instanceof ParameterizedType many && isTree(element(many))) {
            boolean list = many.getRawType() == List.class;
            collect((Class<?>) element(many), key + (list ? "[]" : ".*"), false);
          } else if (fixed) {
            settable.add(key);
          }
        });
  }

  /// Words in the order in which a reader looks them up.
  static List<String> sorted(Set<String> words) {
    List<String> sorted = new ArrayList<>(words);
    sorted.sort(null);
    return sorted;
  }
}
