package dev.corral;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The command line of `serve`.
///
/// @param config the file that `--config` names; null for the one in the home
/// @param flags settings by dotted key: `--server.port 8080`, and `--port`, `--host` for short
record Arguments(Path home, @Nullable Path config, Map<String, String> flags) {
  private static final Map<String, String> SHORT =
      Map.of("port", "server.port", "host", "server.host");

  /// @throws IllegalArgumentException with what is wrong and how it is written
  static Arguments parse(List<String> words, Map<String, String> environment) {
    Map<String, String> flags = new HashMap<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (!word.startsWith("--")) {
        throw new IllegalArgumentException(
            "'" + word + "' is no setting. Write: corral serve --port 11435");
      }
      int equals = word.indexOf('=');
      String key = equals < 0 ? word.substring(2) : word.substring(2, equals);
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
        Map.copyOf(flags));
  }

  static Path defaultHome(Map<String, String> environment) {
    String named = environment.getOrDefault("CORRAL_HOME", "");
    return named.isBlank()
        ? Path.of(System.getProperty("user.home", "."), ".corral")
        : Path.of(named);
  }
}
