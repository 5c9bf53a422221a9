package dev.corral.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Fills a tree of records from flags, variables and a YAML file.
///
/// A record's components are its keys, written in kebab-case. Components may be text, numbers,
/// truths, durations (`30s`), sizes (`64MiB`), lists, maps by name, and records. What no source
/// names keeps the value of the defaults; an element of a list or map takes its own from the static
/// method `defaults()` of its record. Precedence, strongest first: flag, environment, `.env` of the
/// working folder, `.env` of the home, file, other programs' variables, default.
public final class Config {
  private final Converters converters;
  private final Map<String, String> renames;
  private final Set<String> later;
  private final Function<Variables, Map<String, Given>> below;

  private Config(
      Converters converters,
      Map<String, String> renames,
      Set<String> later,
      Function<Variables, Map<String, Given>> below) {
    this.converters = converters;
    this.renames = Map.copyOf(renames);
    this.later = Set.copyOf(later);
    this.below = below;
  }

  public static Config standard() {
    return new Config(Converters.standard(), Map.of(), Set.of(), _ -> Map.of());
  }

  /// Writes one key differently from its component, because Java reserves the word.
  ///
  /// @param path as it would be: `default-model`, `backends[].store-path`
  /// @param key its last word as it is: `default`
  public Config renaming(String path, String key) {
    Map<String, String> more = new HashMap<>(renames);
    more.put(path, key);
    return new Config(converters, more, later, below);
  }

  /// Keys that another version knows: they are refused like any unknown key, with that reason.
  ///
  /// @param paths such as `engine` or `backends[].start`
  public Config later(Set<String> paths) {
    return new Config(converters, renames, paths, below);
  }

  /// Values by path that the file beats and that beat the defaults, such as other programs'
  /// variables.
  public Config below(Function<Variables, Map<String, Given>> values) {
    return new Config(converters, renames, later, values);
  }

  /// How the text of one more type is read; it throws [IllegalArgumentException] with what is
  /// allowed.
  public <T> Config reading(Class<T> type, Function<String, T> converter) {
    return new Config(converters.with(type, converter), renames, later, below);
  }

  /// Reads all sources now. Never throws for what somebody wrote.
  public <S extends Record> Loaded<S> load(Class<S> type, S defaults, Sources sources) {
    List<ConfigProblem> problems = new ArrayList<>();
    Variables variables = sources.variables();
    Keys keys = Keys.of(type, renames, converters);
    Optional<Path> path = sources.fileToRead();
    String name = String.valueOf(sources.file().getFileName());
    Optional<Node.Fields> tree =
        path.flatMap(file -> new YamlFile(name, variables, problems).read(file));
    Overlay overlay = new Overlay(sources.flags(), variables, below.apply(variables));
    overlay.reportUnknown(keys, later, problems);
    Binder binder = new Binder(keys, converters, later, overlay, problems);
    Optional<S> settings = binder.bind(type, defaults, tree);
    if (settings.isEmpty() || !problems.isEmpty()) {
      return new Loaded.Invalid<>(problems);
    }
    return new Loaded.Valid<>(
        settings.get(), binder.entries(), path.map(Path::toString).orElse(""), variables.notes());
  }
}
