package dev.corral.config;

import java.util.ArrayList;
import java.util.List;

/// What reading the configuration came to. Either all of it is right, or none of it is used.
public sealed interface Loaded<S> {

  /// @param settings every key the sources name, the rest by default
  /// @param entries every effective value with its source, in the order of the records
  /// @param file the file that was read, as the operator would type it; empty for none
  /// @param notes what was set aside and why; each a sentence for the operator
  record Valid<S>(S settings, List<Setting> entries, String file, List<String> notes)
      implements Loaded<S> {
    public Valid {
      entries = List.copyOf(entries);
      notes = List.copyOf(notes);
    }

    /// The same with further notes.
    public Valid<S> noting(List<String> more) {
      List<String> all = new ArrayList<>(notes);
      all.addAll(more);
      return new Valid<>(settings, entries, file, all);
    }

    /// The entries of that key and of all below it; none where there is no such key.
    public List<Setting> explain(String key) {
      return entries.stream().filter(entry -> covers(key, entry.key())).toList();
    }

    private static boolean covers(String asked, String key) {
      return key.equals(asked) || key.startsWith(asked + ".") || key.startsWith(asked + "[");
    }

    /// Where the value of that key comes from; `default` for a key that nobody named.
    public String sourceOf(String key) {
      return entries.stream()
          .filter(entry -> entry.key().equals(key))
          .map(Setting::source)
          .findFirst()
          .orElse(Setting.DEFAULT);
    }
  }

  /// @param problems all that were found, never none
  record Invalid<S>(List<ConfigProblem> problems) implements Loaded<S> {
    public Invalid {
      problems = List.copyOf(problems);
    }
  }
}
