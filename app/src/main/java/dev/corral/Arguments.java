package dev.corral;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The command line of `serve`.
///
/// @param config the file that `--config` names; null for the one in the home
/// @param flags settings by dotted key: `--server.port 8080`, and `--port`, `--host` for short
/// @param quiet says nothing but what went wrong
/// @param json says for programs where it listens
record Arguments(
    Path home, @Nullable Path config, Map<String, String> flags, boolean quiet, boolean json) {
  private static final Map<String, String> SHORT =
      Map.of("port", "server.port", "host", "server.host");

  /// Of verbs that ask a server.
  private static final Set<String> ASKING = Set.of("url", "key");

  /// @throws IllegalArgumentException with what is wrong and how it is written
  static Arguments parse(List<String> given, Map<String, String> environment) {
    List<String> words = new ArrayList<>(given);
    boolean quiet = words.removeAll(List.of("--quiet", "-q"));
    boolean json = words.removeAll(List.of("--json"));
    words.removeAll(List.of("--yes", "-y")); // nothing is asked
    Map<String, String> flags = new HashMap<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (!word.startsWith("--")) {
        throw new IllegalArgumentException(
            "'" + word + "' is no setting. Write: corral serve --port 11435");
      }
      int equals = word.indexOf('=');
      String key = equals < 0 ? word.substring(2) : word.substring(2, equals);
      if (ASKING.contains(key)) {
        throw new IllegalArgumentException(
            "'--"
                + key
                + "' is for verbs that ask a server. Where this one listens: --host ADDRESS --port"
                + " PORT");
      }
      if (equals < 0 && i + 1 == words.size()) {
        throw new IllegalArgumentException("'" + word + "' needs a value");
      }
      String value = equals < 0 ? words.get(++i) : word.substring(equals + 1);
      flags.put(SHORT.getOrDefault(key, key), value);
    }
    @Nullable String home = flags.remove("home");
    @Nullable String config = flags.remove("config");
    return new Arguments(
        home == null ? defaultHome(environment) : Path.of(home),
        config == null ? null : Path.of(config),
        Map.copyOf(flags),
        quiet,
        json);
  }

  static Path defaultHome(Map<String, String> environment) {
    String named = environment.getOrDefault("CORRAL_HOME", "");
    return named.isBlank()
        ? Path.of(System.getProperty("user.home", "."), ".corral")
        : Path.of(named);
  }
}
